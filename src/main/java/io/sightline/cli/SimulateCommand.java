package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.Fleet;
import io.sightline.demo.SeededFeed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sightline simulate}: the camera fleet against any broker. */
@Command(
        name = "simulate",
        description = {
            "Sends what a fleet of cameras sees into a topic, in real time, until Ctrl-C or for --seconds.",
            "Some of it is sent twice, late, by clocks that drift, in batches, without an id, or malformed."
        },
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 200;
    private static final long TELL_SECONDS = 10;
    private static final long START_IN_MILLIS = 500;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "The broker (default: ${DEFAULT-VALUE}).")
    private String bootstrapServers = "127.0.0.1:9092";

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "detections",
            description = "An existing topic (default: ${DEFAULT-VALUE}).")
    private String topic = "detections";

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Detections a second, copies not counted (default: ${DEFAULT-VALUE}).")
    private double rate = 10_000;

    @Option(names = "--seconds", paramLabel = "S", description = "Ends after so long (default: with Ctrl-C).")
    private @Nullable Long seconds;

    @Option(
            names = "--cameras",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Cameras, evenly over 100 places (default: ${DEFAULT-VALUE}).")
    private int cameras = FeedOptions.DEFAULT_CAMERAS;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed and start give the same detections (default: the time).")
    private @Nullable Long seed;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "Writes, at the end, what a correct pipeline must report of all that was sent.")
    private @Nullable Path truthFile;

    @Option(names = "--json", description = "Prints one JSON object on stdout at the end.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec spec = requireNonNull(command);
        if (!(rate > 0) || cameras < 1 || (seconds != null && seconds < 1)) {
            throw new ParameterException(spec.commandLine(), "--rate, --cameras and --seconds must be above 0");
        }
        PrintWriter err = spec.commandLine().getErr();
        FeedLoader.check(bootstrapServers, topic);
        Clock clock = Clock.systemUTC();
        Instant start = clock.instant().plusMillis(START_IN_MILLIS);
        SeededFeed feed = new SeededFeed(new FeedOptions(
                seed == null ? start.toEpochMilli() : seed,
                cameras,
                FeedOptions.DEFAULT_PLACES,
                rate,
                seconds == null ? Long.MAX_VALUE : (long) (rate * seconds),
                start,
                Duration.ZERO,
                Faults.all(),
                true));
        Fleet fleet = Fleet.start(bootstrapServers, topic, feed, clock);
        Thread onSignal = new Thread(() -> finish(fleet, err), "stop-on-signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        err.println("sightline: " + cameras + " cameras send to topic " + topic + " at " + bootstrapServers
                + (seconds == null ? "; end it with Ctrl-C" : " for " + seconds + " s"));
        try {
            awaitEnd(fleet, err);
        } finally {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        }
        finish(fleet, err);
        return Sightline.DONE;
    }

    private static void awaitEnd(Fleet fleet, PrintWriter err) throws InterruptedException {
        long told = System.nanoTime();
        while (!fleet.isDone()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            if (System.nanoTime() - told > TimeUnit.SECONDS.toNanos(TELL_SECONDS)) {
                told = System.nanoTime();
                err.printf("sightline: %,d records sent, %,d ms behind%n", fleet.sent(), fleet.behindMillis());
            }
        }
        // Says what the broker refused.
        fleet.await();
    }

    private void finish(Fleet fleet, PrintWriter err) {
        fleet.stop();
        try {
            FeedTruth truth = fleet.await();
            if (truthFile != null) {
                Files.writeString(truthFile, Json.object(fields(truth, true)) + "\n");
            }
            err.printf("sightline: %,d records sent, all acknowledged%n", truth.records());
            if (json) {
                System.out.println(Json.object(fields(truth, false)));
            }
        } catch (IOException e) {
            err.println("sightline: cannot write the truth to " + truthFile + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            err.println("sightline: " + Failure.of(e).message());
        }
        err.flush();
    }

    private static Map<String, Object> fields(FeedTruth truth, boolean whole) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("records", truth.records());
        fields.put("events", truth.events());
        fields.put("unique", truth.unique());
        fields.put("duplicates", truth.duplicates());
        fields.put("dead_letters", truth.deadLetters());
        fields.put("unmatched", truth.unmatched());
        fields.put("dead_letters_by_reason", truth.deadLettersByReason());
        if (whole) {
            fields.put("unique_per_location", truth.uniquePerLocation());
            fields.put("unique_per_location_and_minute", truth.uniquePerLocationAndMinute());
        }
        return fields;
    }
}
