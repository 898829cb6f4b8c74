package io.sightline.source;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.core.Vertex;
import com.hazelcast.jet.core.processor.Processors;
import com.hazelcast.jet.core.processor.SinkProcessors;
import io.sightline.event.Origin;
import io.sightline.event.SourceRecord;
import io.sightline.fixture.Background;
import io.sightline.fixture.HubBroker;
import io.sightline.redrive.Letter;
import io.sightline.redrive.Redrive.Delivery;
import io.sightline.source.TokenEndpoint.Mood;
import io.sightline.spec.Environment;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Access;
import io.sightline.spec.SourceSpec.ConnectionString;
import io.sightline.spec.SourceSpec.Identity;
import io.sightline.spec.SourceSpec.Profile;
import io.sightline.spec.SourceSpec.Start;
import io.sightline.spec.UnresolvedSettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Event Hubs as far as a Kafka broker can stand for it: over TLS, by password and by token, and what may change meanwhile. */
@Timeout(180)
class HubAccessTest {
    private static final String OLD_KEY = connectionString("b2xkLWtleQ==");
    private static final String NEW_KEY = connectionString("bmV3LWtleQ==");
    private static final String ASSERTION = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwb2QifQ.c2lnbmVk";

    /** The environment of the process; jobs are given a function of it. */
    private static final Map<String, String> VARIABLES = new ConcurrentHashMap<>();

    @RegisterExtension
    static final HubBroker HUB = new HubBroker();

    private static HazelcastInstance member;

    @TempDir
    private Path folder;

    private TokenEndpoint entra;
    private @Nullable AutoCloseable feed;

    @BeforeAll
    static void startMember() {
        Config config = new Config().setClusterName("hub-access-test");
        config.getNetworkConfig().setPublicAddress("127.0.0.1");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getJetConfig().setEnabled(true);
        config.setProperty("hazelcast.partition.count", "31");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        member = Hazelcast.newHazelcastInstance(config);
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @BeforeEach
    void givenAProcessInAPod() throws IOException {
        entra = new TokenEndpoint();
        HUB.accept(OLD_KEY);
        VARIABLES.putAll(Map.of(
                "AZURE_AUTHORITY_HOST",
                entra.address() + "/",
                "AZURE_TENANT_ID",
                "tenant",
                "AZURE_CLIENT_ID",
                "client",
                "AZURE_FEDERATED_TOKEN_FILE",
                write("assertion", ASSERTION).toString(),
                "AZURE_POD_IDENTITY_AUTHORITY_HOST",
                entra.address(),
                "KEY",
                OLD_KEY));
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (feed != null) {
            feed.close();
        }
        for (Job job : member.getJet().getJobs()) {
            if (!job.getStatus().isTerminal()) {
                job.cancel();
                eventually("cancelled", () -> job.getStatus().isTerminal());
            }
        }
        entra.close();
        VARIABLES.clear();
    }

    @Test
    void aJobReadsAndDeadLettersAreSentWithAConnectionString() {
        // Given
        SourceSpec spec = spec(HUB.newTopic(1), byKey("${env:KEY}"));

        // When
        Delivery delivery = redrive(spec);
        submit(spec);

        // Then
        assertThat(delivery).isEqualTo(new Delivery.Acknowledged(0, 0));
        eventually("read", () -> seen(spec).equals(List.of("0:0=again")));
    }

    @ParameterizedTest
    @EnumSource
    void aJobReadsAndDeadLettersAreSentWithAnIdentity(Identity identity) {
        // Given
        SourceSpec spec = spec(HUB.newTopic(1), identity);

        // When
        Delivery delivery = redrive(spec);
        submit(spec);

        // Then
        assertThat(delivery).isEqualTo(new Delivery.Acknowledged(0, 0));
        eventually("read", () -> seen(spec).equals(List.of("0:0=again")));
    }

    @Test
    void aPodAsksForATokenOfTheNamespaceWithItsServiceAccount() {
        // When
        KafkaSource.check(spec(HUB.newTopic(1), Identity.WORKLOAD), HubAccessTest::resolve);

        // Then
        assertThat(entra.given())
                .containsExactly(Map.of(
                        "path", "/tenant/oauth2/v2.0/token",
                        "metadata", "null",
                        "grant_type", "client_credentials",
                        "client_id", "client",
                        "scope", "https://localhost/.default",
                        "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion", ASSERTION));
    }

    @Test
    void aMachineAsksItsMetadataService() {
        // When
        KafkaSource.check(spec(HUB.newTopic(1), Identity.MANAGED), HubAccessTest::resolve);

        // Then
        assertThat(entra.given())
                .containsExactly(Map.of(
                        "path", "/metadata/identity/oauth2/token",
                        "metadata", "true",
                        "api-version", "2018-02-01",
                        "resource", "https://localhost",
                        "client_id", "client"));
    }

    @Test
    void clientsOfOneProcessShareATokenWhileItIsGood() {
        // Given
        SourceSpec spec = spec(HUB.newTopic(1), Identity.WORKLOAD);

        // When
        KafkaSource.check(spec, HubAccessTest::resolve);
        KafkaSource.check(spec, HubAccessTest::resolve);
        redrive(spec);

        // Then
        assertThat(entra.given()).hasSize(1);
    }

    @Test
    void tokensAreRenewedWhileAJobReadsEachWithTheAssertionOfThatMoment() throws Exception {
        // Given
        entra.lets(Duration.ofSeconds(5));
        SourceSpec spec = spec(HUB.newTopic(2), Identity.WORKLOAD);
        Job job = submit(spec);
        Feed sent = feed(spec);
        eventually("renewed", () -> entra.given().size() > 1);

        // When
        write("assertion", "eyJuZXcifQ.new.new");
        eventually(
                "asked with the new one",
                () -> entra.given().stream()
                        .anyMatch(request -> "eyJuZXcifQ.new.new".equals(request.get("client_assertion"))));
        sent.close();

        // Then
        sent.isReadOnceEach(spec);
        assertThat(job.getStatus()).isEqualTo(JobStatus.RUNNING);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"FAILS", "REFUSES"})
    void anEndpointThatGivesNoTokensForAWhileDoesNotEndTheReading(Mood mood) throws Exception {
        // Given
        entra.lets(Duration.ofSeconds(5));
        SourceSpec spec = spec(HUB.newTopic(2), Identity.WORKLOAD);
        Job job = submit(spec);
        Feed sent = feed(spec);
        eventually("reads", () -> !seen(spec).isEmpty());
        try (EndOffsets ends = KafkaEndOffsets.start(spec, HubAccessTest::resolve, Clock.systemUTC())) {
            // When
            entra.is(mood);
            String why = "the token endpoint " + entra.address();
            eventually(
                    "not let in any more, and why",
                    () -> String.valueOf(ends.latest().problem()).startsWith(why));
            entra.is(Mood.GIVES);
            eventually("let in again", () -> ends.latest().problem() == null);
        }
        sent.close();

        // Then
        sent.isReadOnceEach(spec);
        assertThat(job.getStatus()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void aJobThatIsRestartedWhileNoTokenIsToBeHadGoesOnOnceThereIs() throws Exception {
        // Given
        entra.lets(Duration.ofSeconds(3));
        SourceSpec spec = spec(HUB.newTopic(2), Identity.WORKLOAD);
        Job job = submit(spec);
        Feed sent = feed(spec);
        eventually("reads", () -> !seen(spec).isEmpty());
        job.suspend();
        eventually("suspended", () -> job.getStatus() == JobStatus.SUSPENDED);
        entra.is(Mood.FAILS);
        try (EndOffsets ends = KafkaEndOffsets.start(spec, HubAccessTest::resolve, Clock.systemUTC())) {
            eventually("not let in any more", () -> ends.latest().problem() != null);

            // When
            job.resume();
            eventually("running", () -> job.getStatus() == JobStatus.RUNNING);
            entra.is(Mood.GIVES);
        }
        sent.close();

        // Then
        sent.isReadOnceEach(spec);
        assertThat(job.getStatus()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void aRotatedConnectionStringIsTakenFromItsFileWhileAJobReads() throws Exception {
        // Given
        Path file = write("key", OLD_KEY + "\n");
        SourceSpec spec = spec(HUB.newTopic(2), byKey("${file:" + file + "}"));
        Job job = submit(spec);
        Feed sent = feed(spec);
        eventually("reads", () -> !seen(spec).isEmpty());
        try (EndOffsets ends = KafkaEndOffsets.start(spec, HubAccessTest::resolve, Clock.systemUTC())) {
            eventually("let in", () -> ends.latest().readAtMillis() > 0);

            // When
            HUB.accept(NEW_KEY);
            eventually("cut off", () -> ends.latest().problem() != null);
            write("key", NEW_KEY + "\n");
            eventually("let in again", () -> ends.latest().problem() == null);
        }
        sent.close();

        // Then
        sent.isReadOnceEach(spec);
        assertThat(job.getStatus()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void aKeyIsRotatedWithoutAGapWhileBothAreAccepted() throws Exception {
        // Given
        Path file = write("key", OLD_KEY);
        SourceSpec spec = spec(HUB.newTopic(1), byKey("${file:" + file + "}"));
        submit(spec);
        Feed sent = feed(spec);
        eventually("reads", () -> !seen(spec).isEmpty());
        try (EndOffsets ends = KafkaEndOffsets.start(spec, HubAccessTest::resolve, Clock.systemUTC())) {
            eventually("let in", () -> ends.latest().readAtMillis() > 0);

            // When
            HUB.accept(OLD_KEY, NEW_KEY);
            write("key", NEW_KEY);
            List<String> problems = new ArrayList<>();
            eventually(
                    "every connection has proved itself again", isOver(HubBroker.PASSWORD_COUNTS_FOR, ends, problems));
            HUB.accept(NEW_KEY);
            eventually("and once more", isOver(HubBroker.PASSWORD_COUNTS_FOR, ends, problems));

            // Then
            assertThat(problems).isEmpty();
        }
        sent.close();
        sent.isReadOnceEach(spec);
    }

    @Test
    void whatIsNoConnectionStringAnyMoreLeavesTheOneBefore() throws IOException {
        // Given
        Path file = write("key", OLD_KEY);
        ConnectionStringReference reference = ConnectionStringReference.follow(
                new Setting("${file:" + file + "}"), HubAccessTest::resolve, "detections");

        // When
        write("key", "Endpoint=sb://localhost/;Shared");
        String halfWritten = reference.get().password();
        Files.delete(file);
        String gone = reference.get().password();
        write("key", NEW_KEY);

        // Then
        assertThat(List.of(halfWritten, gone, reference.get().password())).containsExactly(OLD_KEY, OLD_KEY, NEW_KEY);
        assertThat(reference).hasToString("${file:" + file + "}");
    }

    @Test
    void aWrongKeyIsOneClearLine() {
        // Given
        VARIABLES.put("KEY", NEW_KEY);
        SourceSpec spec = spec(HUB.newTopic(1), byKey("${env:KEY}"));

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, HubAccessTest::resolve))
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith(
                        "the broker at " + HUB.address() + " refuses to let topic `" + spec.topic() + "` be read: ")
                .hasMessageContaining("check that the connection string's policy has the claim Listen")
                .hasMessageNotContainingAny("\n", "bmV3");
    }

    @Test
    void aTokenEndpointThatRefusesIsOneClearLineWithoutTheAssertion() {
        // Given
        entra.is(Mood.REFUSES);
        SourceSpec spec = spec(HUB.newTopic(1), Identity.WORKLOAD);

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, HubAccessTest::resolve))
                .isInstanceOf(SourceException.class)
                .hasMessage("topic `" + spec.topic() + "` at " + HUB.address() + " cannot be read: the token endpoint "
                        + entra.address() + "/tenant/oauth2/v2.0/token gives no token: HTTP 401, invalid_client:"
                        + " AADSTS700213: No matching federated identity record found for presented assertion"
                        + " [REDACTED]; check AZURE_TENANT_ID, AZURE_CLIENT_ID, and that this client has a federated"
                        + " credential for the pod's service account");
    }

    @Test
    void aTokenEndpointThatIsBusyIsNotTakenForOneThatRefuses() {
        // Given
        entra.is(Mood.FAILS);
        SourceSpec spec = spec(HUB.newTopic(1), Identity.WORKLOAD);

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, HubAccessTest::resolve))
                .isInstanceOf(SourceException.class)
                .hasMessageEndingWith("/tenant/oauth2/v2.0/token does not answer: HTTP 503");
    }

    @Test
    void aTokenEndpointThatIsAwayIsOneClearLine() throws IOException {
        // Given
        String gone = entra.address();
        TokenEndpoint other = new TokenEndpoint();
        entra.close();
        entra = other;
        VARIABLES.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", gone);
        SourceSpec spec = spec(HUB.newTopic(1), Identity.MANAGED);

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, HubAccessTest::resolve))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(
                        "the token endpoint " + gone + "/metadata/identity/oauth2/token does not answer: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void anIdentityWithoutItsRoleIsToldTheRole() throws Exception {
        // Given
        entra.knows("somebody-else");
        SourceSpec spec = spec(HUB.newTopic(1), Identity.WORKLOAD);
        HUB.reserve(spec.topic(), "camera-reader");

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, HubAccessTest::resolve))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("the role Azure Event Hubs Data Receiver")
                .hasMessageContaining("on the whole namespace")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aNamespaceThatDoesNotAnswerIsToldWithTheRoleToo() {
        // Given
        SourceSpec nowhere = new SourceSpec(
                "t",
                new Setting("localhost:1"),
                Profile.EVENT_HUBS,
                new Start.Earliest(),
                0,
                Duration.ofSeconds(1),
                Identity.WORKLOAD);

        // Then
        assertThatThrownBy(() -> KafkaSource.check(nowhere, HubAccessTest::resolve))
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("no Kafka broker answers at localhost:1 within 15 s")
                .hasMessageContaining("the role Azure Event Hubs Data Receiver");
    }

    @Test
    void aProcessThatThePlatformGaveNoIdentityIsToldWhatIsMissing() {
        // Given
        VARIABLES.remove("AZURE_TENANT_ID");
        SourceSpec spec = spec("t", Identity.WORKLOAD);

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, HubAccessTest::resolve))
                .isInstanceOf(UnresolvedSettingException.class)
                .hasMessageContaining("${env:AZURE_TENANT_ID}: the environment variable is not set");
    }

    @Test
    void anAssertionIsNeverSentInTheClear() {
        // Given
        VARIABLES.put("AZURE_AUTHORITY_HOST", "http://login.example.org/");

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec("t", Identity.WORKLOAD), HubAccessTest::resolve))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("AZURE_AUTHORITY_HOST is `http://login.example.org/`")
                .hasMessageContaining("expected https://HOST");
    }

    @ParameterizedTest
    @EnumSource
    void aClientsPropertiesHoldNoToken(Identity identity) {
        // Given
        SourceSpec spec = spec(HUB.newTopic(1), identity);
        KafkaSource.check(spec, HubAccessTest::resolve);

        // Then
        assertThat(SourceConsumer.properties(spec, HubAccessTest::resolve).toString())
                .contains("[REDACTED]")
                .doesNotContain("eyJ");
    }

    /** Whether so much time has passed; gathers what a reader is told meanwhile. */
    private static BooleanSupplier isOver(Duration time, EndOffsets ends, List<String> problems) {
        long over = System.nanoTime() + time.toNanos();
        return () -> {
            String problem = ends.latest().problem();
            if (problem != null) {
                problems.add(problem);
            }
            return System.nanoTime() > over;
        };
    }

    private static String connectionString(String key) {
        return "Endpoint=sb://localhost/;SharedAccessKeyName=reader;SharedAccessKey=" + key;
    }

    private static Access byKey(String reference) {
        return new ConnectionString(new Setting(reference));
    }

    private static SourceSpec spec(String topic, Access access) {
        return new SourceSpec(
                topic,
                new Setting(HUB.address()),
                Profile.EVENT_HUBS,
                new Start.Earliest(),
                0,
                Duration.ofSeconds(1),
                access);
    }

    private static String resolve(Setting setting) {
        Environment files = Environment.ofThisProcess();
        return setting.resolve(new Environment() {
            @Override
            public @Nullable String variable(String name) {
                return VARIABLES.get(name);
            }

            @Override
            public String file(String path) throws IOException {
                return files.file(path);
            }
        });
    }

    /** As the CSI driver does it: the file is never seen half written. */
    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        return Files.move(Files.writeString(folder.resolve(name + ".new"), text), file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Delivery redrive(SourceSpec spec) {
        try (RedriveTopic topic = RedriveTopic.open(spec, HubAccessTest::resolve)) {
            return topic.send(new Letter(new Origin(0, 7, 0), null, "again".getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static Job submit(SourceSpec spec) {
        DAG dag = new DAG();
        Vertex source = dag.newVertex("source", KafkaSource.metaSupplier(spec, HubAccessTest::resolve));
        Vertex print = dag.newVertex("print", Processors.mapP(HubAccessTest::print))
                .localParallelism(KafkaSource.LOCAL_PARALLELISM);
        Vertex sink = dag.newVertex("sink", SinkProcessors.writeListP(spec.topic()));
        dag.edge(Edge.between(source, print).isolated()).edge(Edge.between(print, sink));
        Job job = member.getJet()
                .newJob(
                        dag,
                        new JobConfig()
                                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                                .setSuspendOnFailure(true)
                                .setSnapshotIntervalMillis(100));
        eventually("running", () -> job.getStatus() == JobStatus.RUNNING);
        return job;
    }

    private static String print(SourceRecord record) {
        return record.topicPartition() + ":" + record.offset() + "="
                + new String(record.value(), StandardCharsets.UTF_8);
    }

    private static List<String> seen(SourceSpec spec) {
        return List.copyOf(member.<String>getList(spec.topic()));
    }

    private Feed feed(SourceSpec spec) {
        Feed started = new Feed(spec.topic());
        feed = started;
        return started;
    }

    /** Records that go on being sent until it is closed. */
    private static final class Feed implements AutoCloseable {
        private static final Duration BETWEEN_RECORDS = Duration.ofMillis(10);

        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicInteger sent = new AtomicInteger();
        private final CompletableFuture<Void> sending;

        Feed(String topic) {
            sending = Background.run(() -> {
                while (!closed.get()) {
                    HUB.send(topic, 0, sent.get(), "record " + sent.incrementAndGet());
                    LockSupport.parkNanos(BETWEEN_RECORDS.toNanos());
                }
            });
        }

        @Override
        public void close() {
            closed.set(true);
            sending.orTimeout(1, TimeUnit.MINUTES).join();
        }

        void isReadOnceEach(SourceSpec spec) {
            eventually("all are read", () -> seen(spec).size() >= sent.get());
            assertThat(new HashSet<>(seen(spec))).hasSize(sent.get());
            assertThat(seen(spec)).hasSize(sent.get());
        }
    }
}
