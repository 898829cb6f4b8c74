package io.sightline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/licences.md names what is on the class path, no more and no less. */
class LicencesTest {
    /** As Maven lists it: {@code org.yaml:snakeyaml:jar:2.5}, perhaps with a module name behind. */
    private static final Pattern ARTIFACT = Pattern.compile("^ +([^: ]+:[^: ]+):jar:([^: ]+)(?: .*)?$");

    private static final Pattern ROW = Pattern.compile("^\\| ([^: ]+:[^: ]+) \\| ([^ ]+) \\| \\S.*\\|$");

    @Test
    void every_library_of_the_class_path_is_listed_with_its_version() throws IOException {
        List<String> onTheClassPath =
                find(ARTIFACT, Path.of(System.getProperty("build.directory", "target"), "runtime-dependencies.txt"));
        List<String> listed = find(ROW, Path.of("docs", "licences.md"));

        assertThat(onTheClassPath).hasSizeGreaterThan(10);
        assertThat(listed).containsExactlyInAnyOrderElementsOf(onTheClassPath);
    }

    private static List<String> find(Pattern pattern, Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(row -> row.group(1) + " " + row.group(2))
                .toList();
    }
}
