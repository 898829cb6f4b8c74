package io.sightline.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Profile;
import io.sightline.spec.SourceSpec.Start;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPropertiesTest {
    private static final String ADDRESS = "ns.servicebus.windows.net:9093";
    private static final String SECRET =
            "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=reader;" + "SharedAccessKey=c2VjcmV0LWtleQ==";

    @Test
    void aKafkaConsumerIsTunedAndLeavesOffsetsToTheJob() {
        // When
        Map<String, Object> properties = KafkaProperties.ofKafka("localhost:9092");

        // Then
        assertThat(properties)
                .containsEntry("bootstrap.servers", "localhost:9092")
                .containsEntry("receive.buffer.bytes", -1)
                .containsEntry("max.partition.fetch.bytes", 4 * 1024 * 1024)
                .containsEntry("max.poll.records", 5_000)
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry("enable.auto.commit", false)
                .containsEntry("allow.auto.create.topics", false)
                .doesNotContainKeys("group.id", "security.protocol");
    }

    @Test
    void aProducerReachesTheSameBrokerInTheSameWayAndMakesNoCopies() {
        // When
        Map<String, Object> properties = KafkaProperties.ofProducer(KafkaProperties.ofEventHubs(ADDRESS, key(SECRET)));

        // Then
        assertThat(properties)
                .containsEntry("bootstrap.servers", ADDRESS)
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("connections.max.idle.ms", 180_000)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .doesNotContainKeys("auto.offset.reset", "max.poll.records");
        assertThat(login(properties)).isEqualTo("$ConnectionString " + SECRET);
    }

    @Test
    void aProducerToEventHubsSendsNoMoreAtOnceThanThatTakesAndNothingCompressed() {
        // When
        Map<String, Object> properties = KafkaProperties.ofProducer(KafkaProperties.ofEventHubs(ADDRESS, key(SECRET)));

        // Then
        assertThat(properties)
                .containsEntry("max.request.size", 1_000_000)
                .containsEntry("compression.type", "none")
                .containsEntry("metadata.max.idle.ms", 180_000);
    }

    @Test
    void anEventHubsConsumerLogsInWithTheConnectionStringAndOutlivesIdleCuts() {
        // When
        Map<String, Object> properties = KafkaProperties.ofEventHubs(ADDRESS, key(SECRET));

        // Then
        assertThat(properties)
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("metadata.max.age.ms", 180_000)
                .containsEntry("connections.max.idle.ms", 180_000)
                .containsEntry("request.timeout.ms", 60_000)
                .containsEntry("auto.offset.reset", "earliest");
        assertThat(login(properties)).isEqualTo("$ConnectionString " + SECRET);
    }

    @Test
    void bothAreAcceptedByTheClient() {
        assertThatCode(() -> {
                    new ConsumerConfig(KafkaProperties.ofKafka("localhost:9092"));
                    new ConsumerConfig(KafkaProperties.ofEventHubs(ADDRESS, key(SECRET)));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void quotesAndBackslashesInTheSecretArriveUnchanged() {
        // Given
        String secret = SECRET + "\"quoted\" \\back\\slash\\n; required";

        // When
        Map<String, Object> properties = KafkaProperties.ofEventHubs(ADDRESS, key(secret));

        // Then
        assertThat(login(properties)).isEqualTo("$ConnectionString " + secret);
    }

    @Test
    void theSecretNeverPrints() {
        assertThat(KafkaProperties.ofEventHubs(ADDRESS, key(SECRET)).toString()).doesNotContain("c2VjcmV0");
        assertThat(EventHubsConnectionString.parse(SECRET)).hasToString("[REDACTED]");
    }

    @Test
    void theEmulatorIsSpokenToWithoutTls() {
        // When
        Map<String, Object> properties =
                KafkaProperties.ofEventHubs("localhost:9092", key(SECRET + ";UseDevelopmentEmulator=true;"));

        // Then
        assertThat(properties).containsEntry("security.protocol", "SASL_PLAINTEXT");
    }

    @Test
    void aConnectionStringOfAnotherEventHubIsRefusedWithBothNames() {
        assertThatThrownBy(() -> key(SECRET + ";EntityPath=vehicles"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("`detections`")
                .hasMessageContaining("`vehicles`");
        assertThatCode(() -> key(SECRET + ";EntityPath=detections")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|empty",
                "Endpoint=sb://n/;SharedAccessKeyName=r|SharedAccessKey is missing",
                "Endpoint=sb://n/;SharedAccessKeyName=r;SharedAccessKey=|SharedAccessKey is missing",
                "Endpoint=sb://n/;SharedAccessKey=c2VjcmV0|SharedAccessKeyName is missing",
                "SharedAccessKeyName=r;SharedAccessKey=c2VjcmV0|Endpoint=sb://... is missing",
                "Endpoint=sb://n/;SharedAccessSignature=c2VjcmV0|SharedAccessSignature",
            })
    void aBadConnectionStringIsExplainedAndNotRepeated(String text, String problem) {
        assertThatThrownBy(() -> EventHubsConnectionString.parse(text))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining("c2VjcmV0");
    }

    @Test
    void aLineBreakInsideTheConnectionStringIsRefusedAndOneAtItsEndIsNot() {
        assertThatThrownBy(() -> EventHubsConnectionString.parse(SECRET.replace(";", ";\n")))
                .hasMessageContaining("line break");
        assertThatCode(() -> EventHubsConnectionString.parse(SECRET + "\n")).doesNotThrowAnyException();
    }

    @Test
    void eventHubsWithNeitherConnectionStringNorIdentityIsRefused() {
        // Given
        SourceSpec spec = new SourceSpec(
                "t", new Setting(ADDRESS), Profile.EVENT_HUBS, new Start.Earliest(), 0, Duration.ofSeconds(1), null);

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, Setting::raw))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("source.connection-string")
                .hasMessageContaining("source.identity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-port", "host:port", "host.that.is.invalid:9092"})
    void anAddressThatCannotBeUsedIsNamed(String address) {
        // Given
        SourceSpec spec = new SourceSpec(
                "t", new Setting(address), Profile.KAFKA, new Start.Earliest(), 0, Duration.ofSeconds(1), null);

        // Then
        assertThatThrownBy(() -> KafkaSource.check(spec, Setting::raw))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("`" + address + "`");
    }

    @ParameterizedTest
    @CsvSource({
        "ns.servicebus.windows.net, https://login.microsoftonline.com",
        "ns.servicebus.usgovcloudapi.net, https://login.microsoftonline.us",
        "ns.servicebus.chinacloudapi.cn, https://login.chinacloudapi.cn"
    })
    void aNamespaceIsEnteredByWayOfItsOwnCloud(String host, String authority) {
        // Given
        Map<String, String> variables = Map.of(
                "${env:AZURE_TENANT_ID}", "tenant",
                "${env:AZURE_CLIENT_ID}", "client",
                "${env:AZURE_FEDERATED_TOKEN_FILE}", "/var/run/token");

        // When
        EntraIdentity identity = EntraIdentity.ofThisProcess(
                SourceSpec.Identity.WORKLOAD,
                host + ":9093",
                setting -> variables.getOrDefault(
                        setting.raw(), setting.raw().replaceFirst("\\$\\{env:[A-Z_]+:-(.*)}", "$1")));

        // Then
        assertThat(identity)
                .isEqualTo(new EntraIdentity.Workload(
                        URI.create(authority + "/tenant/oauth2/v2.0/token"),
                        "client",
                        new Setting("${file:/var/run/token}"),
                        "https://" + host + "/.default"));
    }

    private static HubCredentials key(String secret) {
        return new HubCredentials.PolicyKey(
                ConnectionStringReference.follow(new Setting("${env:KEY}"), reference -> secret, "detections"));
    }

    /** What a client with these properties says of itself when it connects. */
    private static String login(Map<String, Object> properties) {
        HubLogin login = new HubLogin();
        login.configure(properties, "PLAIN", List.of());
        NameCallback name = new NameCallback("name");
        PasswordCallback password = new PasswordCallback("password", false);
        assertThatCode(() -> login.handle(new Callback[] {name, password})).doesNotThrowAnyException();
        return name.getName() + " " + new String(password.getPassword());
    }
}
