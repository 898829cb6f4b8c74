package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
    private static final Environment ENVIRONMENT = new Environment() {
        private final Map<String, String> variables = Map.of("HOST", "kafka", "EMPTY", "", "DOLLAR", "${env:HOST}");
        private final Map<String, String> files =
                Map.of("/unix", "secret\n", "/windows", "secret\r\n", "/two", "a\n\n", "/bare", "secret");

        @Override
        public @Nullable String variable(String name) {
            return variables.get(name);
        }

        @Override
        public String file(String path) throws IOException {
            String text = files.get(path);
            if (text == null) {
                throw new NoSuchFileException(path);
            }
            return text;
        }
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain                          | plain",
                "costs $5 {really}              | costs $5 {really}",
                "${env:HOST}                    | kafka",
                "${env:HOST}:9092,${env:HOST}:1 | kafka:9092,kafka:1",
                "${env:HOST:-other}             | kafka",
                "${env:NONE:-localhost:9092}    | localhost:9092",
                "${env:EMPTY:-other}            | other",
                "a${env:NONE:-}b                | ab",
                "${env:DOLLAR}                  | ${env:HOST}",
                "${file:/unix}                  | secret",
                "${file:/windows}               | secret",
                "${file:/bare}                  | secret",
                "<${file:/unix}>                | <secret>",
            })
    void resolvesReferencesOnce(String raw, String resolved) {
        assertThat(new Setting(raw).resolve(ENVIRONMENT)).isEqualTo(resolved);
    }

    @Test
    void stripsOneTrailingLineBreakOnly() {
        assertThat(new Setting("${file:/two}").resolve(ENVIRONMENT)).isEqualTo("a\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${env:NONE}   | ${env:NONE}: the environment variable is not set, or empty; set it, or give a default as in ${env:NONE:-value}",
                "${env:EMPTY}  | ${env:EMPTY}: the environment variable is not set, or empty; set it, or give a default as in ${env:EMPTY:-value}",
                "${file:/none} | ${file:/none}: no such file",
            })
    void unresolvableReferenceIsNamedWithItsPath(String raw, String message) {
        assertThatThrownBy(() -> new Setting(raw).resolve(ENVIRONMENT, "source.connection-string"))
                .isInstanceOf(UnresolvedSettingException.class)
                .hasMessage("source.connection-string: " + message);
        assertThatThrownBy(() -> new Setting(raw).resolve(ENVIRONMENT))
                .isInstanceOf(UnresolvedSettingException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${env:HOST",
                "${HOST}",
                "${env:}",
                "${env:A B}",
                "${file:}",
                "${vault:x}",
                "${}",
                "${env:A-b}",
                "${env:A:-${env:B}}",
                "${env:HOST:default}",
                "a ${"
            })
    void malformedReferenceIsRefused(String raw) {
        assertThatThrownBy(() -> new Setting(raw))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a reference");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=abc",
                "password=hunter2",
                "PASSWORD: hunter2",
                "${env:NONE:-password=hunter2}",
                "kafka://user:hunter2@host:9092",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                "QWxhZGRpbjpvcGVuIHNlc2FtZSBhbmQgbW9yZQ==",
                "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7b",
                "0123456789abcdef0123456789abcdef",
                "https://a.blob.core.windows.net/c?sv=1&sig=abcdef",
            })
    void secretNeverPrints(String raw) {
        assertThat(new Setting(raw)).hasToString("[REDACTED]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${env:EVENT_HUBS_CONNECTION_STRING}",
                "${file:/run/secrets/connection-string}",
                "Endpoint=sb://x/;SharedAccessKey=${env:KEY}",
                "localhost:9092",
                "pipelines/reference/locations.csv",
                "/srv/data/Reference2026/Standorte/a-rather-long-folder-name-of-cameras/locations.csv",
                "b2eefa0c-1b2f-58ba-b09d-9608f373d82c",
            })
    void referenceAndPlainValuePrintAsWritten(String raw) {
        assertThat(new Setting(raw)).hasToString(raw);
    }

    @Test
    void addressIsCheckedOnceResolved() {
        // Given
        SourceSpec source = source("${env:HOST}");

        // Then
        assertThatThrownBy(() -> source.bootstrapServers(ENVIRONMENT))
                .isInstanceOf(UnresolvedSettingException.class)
                .hasMessageContaining("source.bootstrap-servers: ${env:HOST} leads to an address without a port");
        assertThat(source("${env:HOST}:9092").bootstrapServers(ENVIRONMENT)).isEqualTo("kafka:9092");
    }

    @Test
    void environmentOfThisProcessReadsFilesOfBoundedSize(@TempDir Path folder) throws IOException {
        // Given
        Path small = Files.writeString(folder.resolve("small"), "wert: ü\n");
        Path large = Files.writeString(folder.resolve("large"), "x".repeat(Environment.LARGEST_FILE + 1));

        // Then
        assertThat(new Setting("${file:" + small + "}").resolve(Environment.ofThisProcess()))
                .isEqualTo("wert: ü");
        assertThatThrownBy(() -> new Setting("${file:" + large + "}").resolve(Environment.ofThisProcess()))
                .hasMessageContaining("the file cannot be read");
        assertThat(Environment.ofThisProcess().variable("PATH")).isEqualTo(System.getenv("PATH"));
    }

    private static SourceSpec source(String address) {
        return new SourceSpec(
                "t",
                new Setting(address),
                SourceSpec.Profile.EVENT_HUBS,
                new SourceSpec.Start.Latest(),
                0,
                Duration.ofSeconds(5),
                null);
    }
}
