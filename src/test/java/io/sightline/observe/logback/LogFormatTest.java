package io.sightline.observe.logback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFormatTest {
    @TempDir
    private Path folder;

    @Test
    void itIsJsonInAPodAndTextElsewhereUnlessTheVariableSaysOtherwise() {
        assertThat(of(Map.of())).isEqualTo("text");
        assertThat(of(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"))).isEqualTo("json");
        assertThat(of(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "SIGHTLINE_LOG_FORMAT", "text")))
                .isEqualTo("text");
        assertThat(of(Map.of("SIGHTLINE_LOG_FORMAT", "json"))).isEqualTo("json");
        assertThat(of(Map.of("SIGHTLINE_LOG_FORMAT", "xml"))).isEqualTo("text");
    }

    @Test
    void aLineIsTextWithItsKeysBehindTheMessage() throws Exception {
        String line = lineAs("text");
        assertThat(line).matches("\\S+Z WARN  Watch: broker does not answer address=\"localhost:1\"\\R");
    }

    @Test
    void aLineIsOneJsonObjectWithItsKeys() throws Exception {
        // When
        String line = lineAs("json");

        // Then
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(line.lines()).hasSize(1);
        assertThat(json.path("level").asText()).isEqualTo("WARN");
        assertThat(json.path("loggerName").asText()).isEqualTo("io.sightline.Watch");
        assertThat(json.path("formattedMessage").asText()).isEqualTo("broker does not answer");
        assertThat(json.path("kvpList").path(0).path("address").asText()).isEqualTo("localhost:1");
        assertThat(json.path("timestamp").asLong()).isPositive();
    }

    @Test
    void errorsAreCountedAndNothingElse() throws Exception {
        // Given
        long before = LoggedErrors.total();

        // When
        lineAs("text");
        LoggerContext logs = configured("text");
        logs.getLogger("org.elsewhere").error("broken");
        logs.stop();

        // Then
        assertThat(LoggedErrors.total() - before).isEqualTo(1);
    }

    private static String of(Map<String, String> environment) {
        return LogFormat.of(new HashMap<>(environment)::get);
    }

    /** What the program's own configuration writes, into a file instead of stderr. */
    private String lineAs(String format) throws Exception {
        LoggerContext logs = configured(format);
        logs.getLogger("io.sightline.Watch")
                .atWarn()
                .addKeyValue("address", "localhost:1")
                .log("broker does not answer");
        logs.stop();
        return Files.readString(file(format));
    }

    private LoggerContext configured(String format) throws Exception {
        LoggerContext logs = new LoggerContext();
        logs.setMDCAdapter(new LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(logs);
        String configuration = Files.readString(Path.of("src", "main", "resources", "logback.xml"))
                .replace("${FORMAT}", format)
                .replace("core.ConsoleAppender", "core.FileAppender")
                .replaceFirst("<target>System.err</target>", "<file>" + file("text") + "</file>")
                .replaceFirst("<target>System.err</target>", "<file>" + file("json") + "</file>");
        configurator.doConfigure(new ByteArrayInputStream(configuration.getBytes(StandardCharsets.UTF_8)));
        return logs;
    }

    private Path file(String format) {
        return folder.resolve(format + ".log");
    }
}
