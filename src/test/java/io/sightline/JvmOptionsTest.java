package io.sightline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The JVM that runs the tests has the options that the launcher gives: what is tested is what runs. */
class JvmOptionsTest {
    private static final List<String> OURS =
            ManagementFactory.getRuntimeMXBean().getInputArguments();

    @Test
    void tests_run_with_the_options_of_the_launcher() throws IOException {
        assertThat(OURS).containsAll(options("jvm.options"));
        if (Runtime.version().feature() >= 24) {
            assertThat(OURS).containsAll(options("jvm-24.options"));
        }
    }

    private static List<String> options(String file) throws IOException {
        List<String> options = Files.readAllLines(Path.of("grid-config", file)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(options).isNotEmpty();
        return options;
    }
}
