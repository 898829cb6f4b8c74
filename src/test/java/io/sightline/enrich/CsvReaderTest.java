package io.sightline.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.enrich.CsvReader.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest {
    private static final String[] PIECES = {
        "", " ", "a", "\u00e9", "\ud83d\ude97", ",", "\"", "\n", "\r\n", "\r", "\t", "#", "'"
    };

    @Test
    void cellsComeBackAsTheyWereWrittenWhateverTheyHold() throws Malformed {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            // Given
            List<List<String>> records = records(random);
            String lineEnd = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
            String text = records.stream().map(CsvReaderTest::written).collect(Collectors.joining(lineEnd));

            // When
            List<List<String>> read = readAll(random.nextBoolean() ? text : text + lineEnd);

            // Then
            assertThat(read).as("seed %s, text %s", seed, text).isEqualTo(records);
        }
    }

    @Test
    void aRecordKnowsTheLineOnWhichItBegins() throws Malformed {
        // Given
        CsvReader csv = new CsvReader("a\r\n\"b\r\nb\nb\rb\"\nc\rd");
        List<Long> lines = new ArrayList<>();

        // When
        while (csv.next(new ArrayList<>())) {
            lines.add(csv.recordLine());
        }

        // Then
        assertThat(lines).containsExactly(1L, 2L, 6L, 7L);
    }

    @Test
    void blanksAreKept() throws Malformed {
        assertThat(readAll(" a , b\n,\n")).containsExactly(List.of(" a ", " b"), List.of("", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,\"b", "a,\"b\nc", "a\"b", "\"a\"b", "\"a\" ,b", " \"a\""})
    void quotesThatAreNotAsTheyShouldBeAreRefused(String text) {
        assertThatThrownBy(() -> readAll(text)).isInstanceOf(Malformed.class).hasMessageContaining("quote");
    }

    private static List<List<String>> records(Random random) {
        List<List<String>> records = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            List<String> cells = new ArrayList<>();
            int width = 2 + random.nextInt(3);
            for (int j = 0; j < width; j++) {
                StringBuilder cell = new StringBuilder();
                for (int piece = random.nextInt(4); piece > 0; piece--) {
                    cell.append(PIECES[random.nextInt(PIECES.length)]);
                }
                cells.add(cell.toString());
            }
            records.add(cells);
        }
        return records;
    }

    private static String written(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.matches("(?s).*[,\"\\r\\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
                .collect(Collectors.joining(","));
    }

    private static List<List<String>> readAll(String text) throws Malformed {
        CsvReader csv = new CsvReader(text);
        List<List<String>> records = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        while (csv.next(cells)) {
            records.add(List.copyOf(cells));
        }
        return records;
    }
}
