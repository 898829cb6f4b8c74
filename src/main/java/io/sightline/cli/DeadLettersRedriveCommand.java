package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Origin;
import io.sightline.grid.GridNames;
import io.sightline.grid.Submission;
import io.sightline.pipeline.DeadLetters;
import io.sightline.pipeline.DeadLetters.Filter;
import io.sightline.pipeline.KeptDeadLetters;
import io.sightline.redrive.Letter;
import io.sightline.redrive.Redrive;
import io.sightline.source.RedriveTopic;
import io.sightline.spec.Environment;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sightline dead-letters redrive}: refused records, sent to their topic again. */
@Command(
        name = "redrive",
        description = "Sends dead letters to their topic again: those never redriven before, or the one with this id.",
        footer = {
            "",
            "First mend what made them dead, most often the pipeline's file, and submit it: what the new job reads again",
            "by itself is no dead letter any more. A letter is redriven once; to redrive it again, name its id. Reads",
            "settings such as ${env:KAFKA_BOOTSTRAP_SERVERS} here, so this process must reach the broker; letters that the",
            "grid has let go of come from the history, if the pipeline has one and its table is seen from here.",
        },
        mixinStandardHelpOptions = true)
final class DeadLettersRedriveCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "ID",
            arity = "0..1",
            converter = DeadLetterId.class,
            description = "The letter's id, such as 3:1042, from `dead-letters list`.")
    private @Nullable Origin id;

    @Option(
            names = "--reason",
            paramLabel = "R",
            converter = ReasonCode.class,
            description = "Only those refused for this reason, such as not_json.")
    private @Nullable Reason reason;

    @Option(names = "--pipeline", paramLabel = "NAME", description = "The pipeline, if several have dead letters.")
    private @Nullable String pipeline;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (id != null && reason != null) {
            throw new ParameterException(requireNonNull(command).commandLine(), "give an ID or a --reason, not both");
        }
        HazelcastInstance client = grid.connect();
        try {
            DeadLetters letters = new DeadLetters(client);
            Filter filter = new Filter(pipeline, reason, id);
            String name = pipeline != null && hasHistory(client, pipeline)
                    ? pipeline
                    : DeadLetterChoice.pipeline(letters, filter);
            PipelineSpec spec = running(client, name);
            RedriveReport report = new RedriveReport(spec);
            try (RedriveTopic topic =
                    RedriveTopic.open(spec.source(), setting -> setting.resolve(Environment.ofThisProcess()))) {
                Redrive redrive = new Redrive(letters.marks(name), topic, Clock.systemUTC());
                // The origins first: a letter that is refused again while this runs is a new one, and not sent.
                List<Origin> origins = letters.origins(new Filter(name, reason, id));
                if (redrive(letters, name, origins, redrive, report) && spec.history() != null && !isOne(origins)) {
                    redriveKept(spec, new HashSet<>(origins), redrive, report);
                }
            }
            if (json) {
                System.out.println(report.json());
            }
            PrintWriter err = requireNonNull(command).commandLine().getErr();
            report.lines().forEach(line -> err.println("sightline: " + line));
            return report.isClean() ? Sightline.DONE : Sightline.FAILED;
        } finally {
            client.shutdown();
        }
    }

    /** Whether the one letter that is meant is among them. */
    private boolean isOne(List<Origin> origins) {
        return id != null && !origins.isEmpty();
    }

    private static boolean hasHistory(HazelcastInstance client, String name) {
        PipelineSpec spec =
                client.<String, PipelineSpec>getMap(GridNames.PIPELINES).get(name);
        return spec != null && spec.history() != null;
    }

    /** False if it is better to stop. */
    private boolean redrive(
            DeadLetters letters, String name, List<Origin> origins, Redrive redrive, RedriveReport report) {
        for (Origin origin : origins) {
            Letter letter = letters.letter(name, origin);
            if (letter == null) {
                report.gone(origin);
            } else if (!redrive(letter, redrive, report)) {
                return false;
            }
        }
        return true;
    }

    private boolean redrive(Letter letter, Redrive redrive, RedriveReport report) {
        return report.add(letter.origin(), id == null ? redrive.unlessMarked(letter) : redrive.named(letter));
    }

    private void redriveKept(PipelineSpec spec, Set<Origin> done, Redrive redrive, RedriveReport report)
            throws IOException {
        KeptDeadLetters kept = new KeptDeadLetters(spec);
        if (kept.isSeenFromHere()) {
            kept.visit(
                    new Filter(spec.name(), reason, id),
                    letter -> done.contains(letter.origin()) || redrive(letter, redrive, report));
        } else {
            report.historyNotSeen();
        }
    }

    /** What is sent to a pipeline that is not there could be read twice by the next one: as the letter and as its copy. */
    private static PipelineSpec running(HazelcastInstance client, String name) {
        PipelineSpec spec =
                client.<String, PipelineSpec>getMap(GridNames.PIPELINES).get(name);
        Job job = Submission.job(client, name);
        if (spec == null || job == null || job.getStatus().isTerminal()) {
            throw new Failure(
                    Sightline.FAILED,
                    "pipeline `" + name + "` does not run; submit its mended file first: it may read the refused"
                            + " records again by itself");
        }
        return spec;
    }
}
