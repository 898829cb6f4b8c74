package io.sightline.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What lines bear is in one dictionary, the section "Logs" of {@code docs/operations.md}. */
class LogKeysTest {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Path DICTIONARY = Path.of("docs", "operations.md");
    private static final Pattern KEY = Pattern.compile("addKeyValue\\(\\s*([^,]+?),");
    private static final Pattern ENTRY = Pattern.compile("(?m)^\\| `(\\w+)` \\|");
    private static final Pattern VALUE_IN_MESSAGE =
            Pattern.compile("LOG\\s*\\.(info|warn|error)\\([^;]*\\{}[^;]*;|\\.log\\([^;]*\\{}[^;]*;");

    @Test
    void everyKeyThatTheSourcesUseIsInTheDictionaryAndTheOtherWayRound() throws IOException {
        // Given
        String document = Files.readString(DICTIONARY);
        String section = document.substring(document.indexOf("\n## Logs\n")).split("\n## (?!Logs)", 2)[0];
        Set<String> known = ENTRY.matcher(section)
                .results()
                .map(entry -> "\"" + entry.group(1) + "\"")
                .collect(Collectors.toCollection(TreeSet::new));

        // When
        Set<String> used = new TreeSet<>();
        used.add("\"suppressed\"");
        for (String source : sources()) {
            KEY.matcher(source).results().forEach(key -> used.add(key.group(1)));
        }

        // Then
        assertThat(used).hasSizeGreaterThan(10).isEqualTo(known);
    }

    @Test
    void valuesAreKeysAndNotPartsOfTheMessage() throws IOException {
        for (String source : sources()) {
            assertThat(VALUE_IN_MESSAGE.matcher(source).results().map(MatchResult::group))
                    .isEmpty();
        }
    }

    private static Iterable<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(LogKeysTest::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
