package io.sightline.pipeline;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import io.sightline.demo.Ports;
import io.sightline.fixture.KafkaBroker;
import io.sightline.grid.GridMember;
import io.sightline.grid.MemberDoor;
import io.sightline.history.delta.SickStorage;
import io.sightline.history.delta.SickStorage.Sickness;
import io.sightline.observe.AlertRules;
import io.sightline.observe.AlertRules.Rule;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.Metric;
import io.sightline.observe.MetricsText;
import io.sightline.observe.Progress;
import io.sightline.observe.logback.LoggedErrors;
import io.sightline.source.EndOffsets;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every alert is made to fire, by its trouble, in a member that a real pipeline runs on and whose door is scraped. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AlertsIT {
    private static final Logger LOG = LoggerFactory.getLogger(AlertsIT.class);
    private static final HttpClient PROMETHEUS = HttpClient.newHttpClient();
    private static final int FIRST = 1;
    private static final int MIDDLE = 2;
    private static final int SUSPENDS = 3;
    private static final int FULL = 4;
    private static final int THROTTLES = 5;
    private static final int LAST = 6;
    private static final int RECORDS = 30;

    /** What records hold, and no log line may. */
    private static final String PAYLOAD = "payload-4711";

    /** What depends on the machine that the test runs on. */
    private static final Set<String> OF_THE_MACHINE = Set.of("SightlineCpu", "SightlineMemory", "SightlineLatency");

    private static final Set<String> FIRED = new HashSet<>();

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path directory;

    private static final LoggedErrors ERRORS = new LoggedErrors();
    private static final ListAppender<ILoggingEvent> LINES = new ListAppender<>();
    private static final MovableClock CLOCK = new MovableClock();
    private static HazelcastInstance member;
    private static MemberDoor door;
    private static Job job;
    private static String topic;
    private static GridMember.Options second;
    private static int ids;

    /** Makes trouble. */
    private interface Trouble {
        void happen() throws Exception;
    }

    @BeforeAll
    static void start() throws Exception {
        listen();
        int port = Ports.free();
        int secondPort = Ports.free();
        String cluster = "sightline-test-" + port;
        List<String> join = List.of("127.0.0.1:" + port, "127.0.0.1:" + secondPort);
        second = new GridMember.Options(cluster, null, secondPort, join, null, null);
        member = GridMember.start(new GridMember.Options(cluster, null, port, join, null, null));
        Relations.publish(member);
        door = MemberDoor.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CLOCK);
        door.serve(member);

        topic = BROKER.newTopic(1);
        Files.copy(Path.of("pipelines", "reference", "locations.csv"), directory.resolve("locations.csv"));
        PipelineSpec spec = PacedFeed.withTable(
                PacedFeed.spec(BROKER.broker().bootstrapServers(), topic, directory),
                SickStorage.location(directory.resolve("history")),
                Duration.ofSeconds(1));
        job = PipelineJob.submit(member, spec);
        send(RECORDS, "loc-001", Duration.ZERO, Duration.ZERO);
        eventually(
                "the first commit",
                () -> scrape().contains("sightline_last_commit_age_seconds{")
                        && scrape().contains("sightline_originals_total{pipeline=\"detections\"} " + RECORDS + "\n"));
    }

    @AfterAll
    static void stop() {
        door.close();
        member.getLifecycleService().terminate();
        for (ch.qos.logback.classic.Logger logger : List.of(logger(Logger.ROOT_LOGGER_NAME), logger("io.sightline"))) {
            logger.detachAppender(ERRORS);
            logger.detachAppender(LINES);
        }
        logger("io.sightline").setLevel(Level.WARN);
        logger("io.sightline").setAdditive(true);
    }

    /** Keeps every line of ours, and of libraries what they warn of. */
    private static void listen() {
        ERRORS.setContext(logger("io.sightline").getLoggerContext());
        ERRORS.start();
        LINES.start();
        for (ch.qos.logback.classic.Logger logger : List.of(logger(Logger.ROOT_LOGGER_NAME), logger("io.sightline"))) {
            logger.addAppender(ERRORS);
            logger.addAppender(LINES);
        }
        logger("io.sightline").setLevel(Level.TRACE);
        logger("io.sightline").setAdditive(false);
    }

    private static ch.qos.logback.classic.Logger logger(String name) {
        return (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(name);
    }

    @Test
    @Order(FIRST)
    void whileAllIsWellNothingFires() {
        String before = scrape();
        send(RECORDS, "loc-001", Duration.ZERO, Duration.ZERO);
        eventually(
                "they are counted", () -> scrape().contains("sightline_originals_total{pipeline=\"detections\"} 60\n"));

        Set<String> firing = new TreeSet<>(AlertRules.firing(before, scrape()));
        firing.removeAll(OF_THE_MACHINE);
        assertThat(firing).isEmpty();
        eventually(
                "the main figures are metrics of the job",
                () -> job.getMetrics().get("originals").stream().anyMatch(figure -> figure.value() == 60));
    }

    @Test
    @Order(MIDDLE)
    void whatIsRefused() {
        fires("SightlineDeadLetters", () -> {
            for (int i = 0; i < RECORDS; i++) {
                BROKER.send(topic, 0, System.currentTimeMillis(), PAYLOAD + " is no JSON");
            }
        });
    }

    @ParameterizedTest
    @Order(MIDDLE)
    @CsvSource({
        "SightlineUnmatched, nowhere, PT0S, PT0S",
        "SightlineLateEvents, loc-001, PT10M, PT0S",
        "SightlineLateUncorrected, loc-001, PT2H, PT0S",
        "SightlineOutOfOrder, loc-001, PT0S, PT1M"
    })
    void whatComesInWrong(String alert, String location, Duration eventAge, Duration recordAge) {
        fires(alert, () -> send(RECORDS, location, eventAge, recordAge));
    }

    @Test
    @Order(MIDDLE)
    void whatComesTwice() {
        fires("SightlineDuplicates", () -> {
            send(RECORDS, "loc-001", Duration.ZERO, Duration.ZERO);
            ids -= RECORDS;
            send(RECORDS, "loc-001", Duration.ZERO, Duration.ZERO);
        });
    }

    @Test
    @Order(MIDDLE)
    void aLineOfLevelError() {
        fires("SightlineErrors", () -> LOG.error("an error that a test makes"));
    }

    @Test
    @Order(MIDDLE)
    void aMemberThatLeaves() {
        fires("SightlineMemberLeft", () -> GridMember.start(second).shutdown());
    }

    @Test
    @Order(THROTTLES)
    void aBrokerThatThrottles() {
        fires("SightlineThrottled", () -> {
            quota(10.0);
            send(RECORDS, "loc-001", Duration.ZERO, Duration.ZERO);
        });
        quota(null);
    }

    @Test
    @Order(FULL)
    void aDiskThatIsFull() {
        fires("SightlineHistoryStalled", () -> {
            SickStorage.have(Sickness.FULL);
            send(RECORDS, "loc-001", Duration.ZERO, Duration.ZERO);
        });
        SickStorage.recover();
    }

    /** What a status says that no test has the time or the memory to bring about; it is written as the job writes it. */
    @Test
    @Order(MIDDLE)
    void whatTheJobReports() {
        fires("SightlineBacklog", () -> report("behind", Map.of(0, 600_000L)));
        fires("SightlineRetentionEdge", () -> report("edge", Map.of(0, 20L), new Progress(0, 10, minutesAgo(30))));
        Latencies slow = new Latencies();
        slow.record(6_000);
        fires("SightlineLatency", () -> report("slow", Map.of(), slow));
        counted("SightlineRollupOverflow", Counter.ROLLUP_OVERFLOW);
        counted("SightlineHotEvicted", Counter.HOT_EVICTED);
        fires(
                "SightlineFilesWaiting",
                () -> new HistoryStatus(member, "small-files", "table", "small-files", System::currentTimeMillis)
                        .cared(2_001));
    }

    /** What a test must not do to the machine that it runs on. */
    @Test
    @Order(MIDDLE)
    void whatTheProcessMeasures() {
        measured("SightlineMemory", Metric.MEMORY_UTILIZATION, 91);
        measured("SightlineCpu", Metric.CPU_UTILIZATION, 91);
        measured("SightlineUnsafe", Metric.CLUSTER_SAFE, 0);
    }

    @Test
    @Order(SUSPENDS)
    void aJobThatIsSuspendedAndLeftSo() {
        // Given
        fires("SightlineJobNotRunning", () -> {
            job.suspend();
            eventually("it is suspended", () -> job.getStatus() == JobStatus.SUSPENDED);
        });

        // When
        fires("SightlineNotReporting", () -> CLOCK.advance(Duration.ofMinutes(10)));

        // Then
        fires("SightlineWatermarkDelay", () -> {});
        fires("SightlineCommitOld", () -> {});
        CLOCK.reset();
        job.resume();
        eventually("it runs", () -> job.getStatus() == JobStatus.RUNNING);
    }

    @Test
    @Order(LAST)
    void aBrokerThatDiesThenTheMemberAndNoLineHasSaidWhatRecordsHold() {
        fires("SightlineSourceUnreachable", () -> BROKER.broker().kill());
        door.close();
        assertThat(AlertRules.firing("", "")).contains("SightlineSilent");
        FIRED.add("SightlineSilent");

        assertThat(LINES.list).isNotEmpty();
        assertThat(LINES.list).noneMatch(line -> text(line).contains(PAYLOAD));
        assertThat(FIRED)
                .as("all alerts were made to fire")
                .containsExactlyInAnyOrderElementsOf(
                        AlertRules.all().stream().map(Rule::alert).toList());
    }

    /** Sees that the alert fires after the trouble; what it compares with is from before. */
    private static void fires(String alert, Trouble trouble) {
        String before = scrape();
        try {
            trouble.happen();
        } catch (Exception e) {
            throw new AssertionError(alert, e);
        }
        try {
            eventually(alert, () -> AlertRules.firing(before, scrape()).contains(alert));
        } catch (AssertionError e) {
            throw new AssertionError(alert + ": " + failures(), e);
        }
        FIRED.add(alert);
    }

    private static void measured(String alert, Metric metric, double value) {
        MetricsText text = new MetricsText();
        text.add(metric, value);
        assertThat(AlertRules.firing("", text.toString())).contains(alert);
        FIRED.add(alert);
    }

    private static void counted(String alert, Counter counter) {
        Counts one = new Counts();
        one.add(counter, "r", 1);
        report("counting", Map.of(), one);
        eventually("it is there", () -> scrape().contains("{pipeline=\"counting\"}"));
        fires(alert, () -> report("counting", Map.of(), sum(one, one)));
    }

    private static Counts sum(Counts a, Counts b) {
        Counts sum = new Counts();
        sum.addAll(a);
        sum.addAll(b);
        return sum;
    }

    /** Publishes the status of a job that has got these reports from its processors. */
    private static void report(String pipeline, Map<Integer, Long> ends, Object... reports) {
        EndOffsets.Reading broker =
                new EndOffsets.Reading(ends, Map.of(0, 0L), Duration.ofHours(1), System.currentTimeMillis(), 0, null);
        try {
            Processor status = StatusP.supplier(
                            pipeline, () -> new FixedEnds(broker), AtBarrier.NOTHING, false, (name, value) -> {})
                    .get(1)
                    .iterator()
                    .next();
            status.init(new TestOutbox(new int[0], 8), new TestProcessorContext().setHazelcastInstance(member));
            TestInbox inbox = new TestInbox();
            inbox.addAll(List.of(reports));
            status.process(0, inbox);
            eventually("it is written", status::complete);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private record FixedEnds(EndOffsets.Reading latest) implements EndOffsets {
        @Override
        public void close() {}
    }

    private static long minutesAgo(long minutes) {
        return System.currentTimeMillis() - Duration.ofMinutes(minutes).toMillis();
    }

    private static String scrape() {
        try {
            URI metrics = URI.create("http://localhost:" + door.port() + "/metrics");
            HttpResponse<String> response =
                    PROMETHEUS.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString());
            assertThat(response.statusCode()).as(() -> "metrics: " + failures()).isEqualTo(200);
            return response.body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What went wrong so far, for the message of a test that fails. */
    private static List<String> failures() {
        return List.copyOf(LINES.list).stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .map(AlertsIT::text)
                .toList();
    }

    private static String text(ILoggingEvent line) {
        return line.getFormattedMessage()
                + line.getKeyValuePairs()
                + ThrowableProxyUtil.asString(line.getThrowableProxy());
    }

    private static void send(int records, String location, Duration eventAge, Duration recordAge) {
        for (int i = 0; i < records; i++) {
            Instant now = Instant.now();
            BROKER.send(topic, 0, now.minus(recordAge).toEpochMilli(), """
                    {"event_id": "id-%d", "camera_id": "cam-1", "location_id": "%s", "item": "%s", "event_time": %d}
                    """.formatted(
                            ids++, location, PAYLOAD, now.minus(eventAge).toEpochMilli()));
        }
    }

    /** @param bytesASecond of each consumer; null for any */
    private static void quota(@Nullable Double bytesASecond) {
        ClientQuotaEntity everybody =
                new ClientQuotaEntity(Collections.singletonMap(ClientQuotaEntity.CLIENT_ID, null));
        ClientQuotaAlteration alteration = new ClientQuotaAlteration(
                everybody, List.of(new ClientQuotaAlteration.Op("consumer_byte_rate", bytesASecond)));
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, BROKER.broker().bootstrapServers()))) {
            admin.alterClientQuotas(List.of(alteration)).all().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** The machine's own, until it is moved ahead. */
    private static final class MovableClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void advance(Duration by) {
            ahead = by;
        }

        void reset() {
            ahead = Duration.ZERO;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
