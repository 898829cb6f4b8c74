package io.sightline.enrich;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.enrich.ReferenceWatch.Outcome;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceWatchTest {
    private static final ReferenceLayout PLACES = new ReferenceLayout(
            "places",
            new Column("id", FieldType.STRING),
            List.of(new Column("name", FieldType.STRING), new Column("height", FieldType.DOUBLE)));
    private static final String HEADER = "id,name,height\n";

    @TempDir
    private Path folder;

    @Test
    void csvRowsAreTakenAsTheyStand() throws IOException {
        // Given
        Path file = write("places.csv", """
                \uFEFFname,ignored,id,height\r
                 North \u00e9 ,x,a,1.5\r
                "say ""hi"", all",,b,-2e3\r
                \r
                "two
                lines",x," b",\r
                ,x,,7""");

        // When
        ReferenceContent content = load(PLACES, file);

        // Then
        assertRows(
                content,
                Map.of(
                        "a", row(" North \u00e9 ", 1.5),
                        "b", row("say \"hi\", all", -2000.0),
                        " b", row("two\nlines", null),
                        "", row("", 7.0)));
    }

    @Test
    void jsonRowsAreTakenAsTheyStand() throws IOException {
        // Given
        Path file = write("places.jsonl", """
                {"id":"a","name":" \\u00e9 ","height":2,"other":{"id":[1,{}]}}\r

                {"height":null,"id":"","name":""}
                {"id":"c"}""");

        // When
        ReferenceContent content = load(PLACES, file);

        // Then
        assertRows(content, Map.of("a", row(" \u00e9 ", 2.0), "", row("", null), "c", row(null, null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "BOOLEAN;TRUE;true",
                "INT;-12;-12",
                "LONG;+9223372036854775807;9223372036854775807",
                "DOUBLE;.5e1;0.5e1",
                "STRING;12 ;\"12 \"",
                "TIMESTAMP;2026-01-31T13:00:00.1234567+01:00;\"2026-01-31T12:00:00.123456Z\"",
                "TIMESTAMP;1769860800123;1769860800123",
                "DATE;2026-02-28;\"2026-02-28\""
            },
            ignoreLeadingAndTrailingWhitespace = false)
    void eachTypeReadsTheSameFromCsvAndJson(FieldType type, String cell, String json) throws IOException {
        // Given
        ReferenceLayout layout = new ReferenceLayout("r", new Column("id", type), List.of(new Column("v", type)));
        Path csv = write("r.csv", "v,id\n" + cell + "," + cell);
        Path jsonLines = write("r.json", "{\"v\":" + json + ",\"id\":" + json + "}");

        // When
        Map<Object, @Nullable Object[]> fromCsv = load(layout, csv).rows();
        Map<Object, @Nullable Object[]> fromJson = load(layout, jsonLines).rows();

        // Then
        assertThat(fromCsv.keySet()).isEqualTo(fromJson.keySet()).allSatisfy(key -> {
            assertThat(key).isInstanceOf(type.javaType());
            assertThat(fromCsv.get(key)).containsExactly(key).isEqualTo(fromJson.get(key));
        });
    }

    @Test
    void timesAreMicrosecondsAndDatesAreDates() {
        assertThat(ReferenceValues.ofText(FieldType.TIMESTAMP, "1969-12-31T23:59:59.9999999Z"))
                .isEqualTo(-1L);
        assertThat(ReferenceValues.ofText(FieldType.TIMESTAMP, "-1")).isEqualTo(-1_000L);
        assertThat(ReferenceValues.ofText(FieldType.TIMESTAMP, "2026-01-31T12:00:00Z"))
                .isEqualTo(Instant.parse("2026-01-31T12:00:00Z").toEpochMilli() * 1_000);
        assertThat(ReferenceValues.ofText(FieldType.DATE, "2026-02-28")).isEqualTo(LocalDate.of(2026, 2, 28));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "BOOLEAN;yes",
                "BOOLEAN;1",
                "INT;1.0",
                "INT;2147483648",
                "INT; 1",
                "INT;\u0661",
                "INT;1e3",
                "LONG;9223372036854775808",
                "LONG;0x10",
                "DOUBLE;NaN",
                "DOUBLE;Infinity",
                "DOUBLE;1d",
                "DOUBLE;1e999",
                "DOUBLE; 1",
                "DOUBLE;1,5",
                "DOUBLE;0x1p3",
                "DOUBLE;.",
                "TIMESTAMP;2026-01-31T12:00:00",
                "TIMESTAMP;2026-01-31",
                "TIMESTAMP;9223372036854775807",
                "TIMESTAMP;+999999999-01-01T00:00:00Z",
                "DATE;2026-02-29",
                "DATE;31.01.2026",
                "DATE;2026-1-1"
            },
            ignoreLeadingAndTrailingWhitespace = false)
    void whatIsNotOfTheTypeIsRefused(FieldType type, String text) throws IOException {
        // Given
        ReferenceLayout layout =
                new ReferenceLayout("r", new Column("id", FieldType.STRING), List.of(new Column("v", type)));
        Path file = write("r.csv", "id,v\nfine,\nbad,\"" + text + "\"\n");

        // When
        String message = refusal(layout, file);

        // Then
        assertThat(message)
                .isEqualTo("reference r refused: 1 problem in " + file + "\n  r.csv:3 v \"" + text + "\", accepted: "
                        + ReferenceValues.accepted(type));
    }

    @ParameterizedTest
    @EnumSource(FieldType.class)
    void aJsonValueOfAnotherKindIsRefused(FieldType type) throws IOException {
        // Given
        ReferenceLayout layout =
                new ReferenceLayout("r", new Column("id", FieldType.LONG), List.of(new Column("v", type)));
        String other = type == FieldType.BOOLEAN || type == FieldType.DOUBLE ? "\"1\"" : "1.5";
        Path file = write(
                "r.jsonl",
                "{\"id\":1,\"v\":" + other
                        + "}\n{\"id\":2,\"v\":[1,[2]]}\n{\"id\":3,\"v\":{\"v\":1}}\n{\"id\":4,\"v\":null}");

        // When
        String message = refusal(layout, file);

        // Then
        assertThat(message)
                .contains("3 problems in", "r.jsonl:1 v ", "r.jsonl:2 v \"[...]\"", "r.jsonl:3 v \"{...}\"")
                .contains(ReferenceValues.accepted(type));
    }

    @Test
    void faultyCsvRowsAreNamedWithFileLineColumnValueAndWhatIsAccepted() throws IOException {
        // Given
        Path file = write(
                "places.csv", HEADER + "a,x,1\n" + "b,\"x\ny\",high\n" + "c,x\n" + "d,x,1,2\n" + "a,z,2\n" + "a,z,3\n");

        // When
        String message = refusal(PLACES, file);

        // Then
        assertThat(message.lines())
                .containsExactly(
                        "reference places refused: 5 problems in " + file,
                        "  places.csv:3 height \"high\", accepted: a finite number such as 51.5",
                        "  places.csv:5: 2 cells, while the first line names 3 columns",
                        "  places.csv:6: 4 cells, while the first line names 3 columns",
                        "  places.csv:7 id \"a\", accepted: each key once; it stands in places.csv:2 too",
                        "  places.csv:8 id \"a\", accepted: each key once; it stands in places.csv:2 too");
    }

    @Test
    void faultyJsonRowsAreNamed() throws IOException {
        // Given
        Path file = write("places.jsonl", """
                [1]
                {"id":"a"
                {"id":"a"} {}
                {"id":"a","id":"b"}
                {"name":"x"}
                {"id":null}
                {"id":7}
                {"id":"z"}
                {"id":"z"}
                """);

        // When
        String message = refusal(PLACES, file);

        // Then
        assertThat(message.lines())
                .hasSize(9)
                .anySatisfy(line -> assertThat(line).startsWith("  places.jsonl:1: not a JSON object"))
                .anySatisfy(line -> assertThat(line).startsWith("  places.jsonl:2: not JSON (Unexpected end"))
                .anySatisfy(line -> assertThat(line).startsWith("  places.jsonl:3: something after the object"))
                .anySatisfy(line -> assertThat(line).startsWith("  places.jsonl:4: not JSON (Duplicate field"))
                .anySatisfy(line -> assertThat(line).isEqualTo("  places.jsonl:5 id, accepted: a key, which is text"))
                .anySatisfy(line -> assertThat(line).isEqualTo("  places.jsonl:6 id, accepted: a key, which is text"))
                .anySatisfy(
                        line -> assertThat(line).isEqualTo("  places.jsonl:7 id \"7\", accepted: a JSON string: text"))
                .anySatisfy(line -> assertThat(line).startsWith("  places.jsonl:9 id \"z\", accepted: each key once"));
    }

    @Test
    void anEmptyKeyIsRefusedWhereTheKeyIsNotText() throws IOException {
        // Given
        ReferenceLayout layout = new ReferenceLayout("r", new Column("id", FieldType.INT), List.of());
        Path file = write("r.csv", "id,x\n,1\n");

        // When / Then
        assertThat(refusal(layout, file)).contains("r.csv:2 id \"\", accepted: a key, which is a whole number from");
    }

    @Test
    void twentyRowsAreNamedAndTheOthersCounted() throws IOException {
        // Given
        Path file = write("places.csv", HEADER + "a,x,wrong\n".repeat(25));

        // When
        String message = refusal(PLACES, file);

        // Then
        assertThat(message.lines()).hasSize(22);
        assertThat(message).contains("25 problems").contains("places.csv:21 ").endsWith("\n  and 5 more");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "places.csv;'';places.csv:1: the file is empty",
                "places.csv;'id,name,height';has no rows",
                "places.csv;'id,name\na,b';places.csv:1 height, accepted: a column of this name; the file has: id, name",
                "places.csv;'ID,name,height\na,b,1';places.csv:1 id, accepted: a column of this name",
                "places.csv;'id,name,height,id\na,b,1,a';places.csv:1 id, accepted: one column of this name",
                "places.csv;'id,name,height\na,\"b,1\nc,d,2';places.csv:2: a quote that is never closed",
                "places.jsonl;'';places.jsonl:1: the file is empty",
                "places.jsonl;'\n\n';has no rows",
                "places.txt;'id';accepted: a .csv, .jsonl or .json file, or a folder of such"
            })
    void aFileThatCannotBeAReferenceIsRefused(String name, String text, String message) throws IOException {
        // Given
        Path file = write(name, text);

        // When / Then
        assertThat(refusal(PLACES, file))
                .startsWith("reference places refused: ")
                .contains(message);
    }

    @Test
    void textThatIsNotUtf8IsRefusedWithItsLine() throws IOException {
        // Given
        Path file = folder.resolve("places.csv");
        Files.write(file, (HEADER + "a,caf\u00e9,1\n").getBytes(ISO_8859_1));

        // When / Then
        assertThat(refusal(PLACES, file)).contains("places.csv:2: not UTF-8 at byte 20 of the file");
    }

    @Test
    void aMissingFileAndAnEmptyFolderAreRefused() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        assertThat(refusal(PLACES, folder.resolve("nowhere.csv"))).contains("nowhere.csv does not exist; accepted: ");
        assertThat(refusal(PLACES, empty)).contains("holds no .csv, .jsonl or .json file");
    }

    @Test
    void aFolderIsReadFileByFileWithoutWhatIsHidden() throws IOException {
        // Given
        write("b.jsonl", "{\"id\":\"b\"}");
        write("a.CSV", HEADER + "a,x,1\n");
        write(".c.csv", "half");
        write("README.md", "about");
        Files.createDirectory(folder.resolve("old.csv"));

        // When
        ReferenceContent content = load(PLACES, folder);

        // Then
        assertRows(content, Map.of("a", row("x", 1.0), "b", row(null, null)));
    }

    @Test
    void aKeyInTwoFilesIsRefusedNamingBoth() throws IOException {
        // Given
        write("a.csv", HEADER + "k,x,1\n");
        write("b.csv", HEADER + "j,x,1\nk,x,1\n");

        // When / Then
        assertThat(refusal(PLACES, folder)).contains("b.csv:3 id \"k\"", "it stands in a.csv:2 too");
    }

    @Test
    void tooManyRowsOrBytesAreRefused() throws IOException {
        // Given
        Path file = write("places.csv", HEADER + "a,x,1\nb,x,1\nc,x,1\n");

        // When / Then
        assertThat(refused(new ReferenceWatch(PLACES, new LocalFiles(file), new ReferenceLimits(2, 1_000)).load()))
                .contains("more than 2 rows");
        assertThat(refused(new ReferenceWatch(PLACES, new LocalFiles(file), new ReferenceLimits(9, 32)).load()))
                .contains("more than 32 bytes");
        assertThat(new ReferenceWatch(PLACES, new LocalFiles(file), new ReferenceLimits(3, 33)).load())
                .isInstanceOf(Outcome.Loaded.class);
    }

    @Test
    void aFileIsReadOnceItLooksTheSameTwice() throws IOException {
        // Given
        Path file = write("places.csv", HEADER + "a,x,1\n");
        ReferenceWatch watch = watch(file);

        // When / Then
        assertThat(watch.look()).isInstanceOf(Outcome.Settling.class);
        Files.writeString(file, HEADER + "a,x,1\nb,x");
        assertThat(watch.look()).as("still growing").isInstanceOf(Outcome.Settling.class);
        Files.writeString(file, HEADER + "a,x,1\nb,x,2\n");
        assertThat(watch.look()).as("still growing").isInstanceOf(Outcome.Settling.class);
        assertThat(loaded(watch.look()).rows()).hasSize(2);
        assertThat(watch.look()).isInstanceOf(Outcome.Unchanged.class);
    }

    @Test
    void aRefusedFileIsNotReadAgainUntilItChanges() throws IOException {
        // Given
        Path file = write("places.csv", "half");
        ReferenceWatch watch = watch(file);
        watch.look();

        // When / Then
        assertThat(watch.look()).isInstanceOf(Outcome.Refused.class);
        assertThat(watch.look()).isInstanceOf(Outcome.Unchanged.class);
    }

    @Test
    void aFileThatWasAwayIsReadAgainEvenIfItDidNotChange() throws IOException {
        // Given
        Path file = write("places.csv", HEADER + "a,x,1\n");
        ReferenceWatch watch = watch(file);
        String hash = loaded(watch.load()).hash();
        Path away = Files.move(file, folder.resolve("away"));

        // When
        Outcome missing = watch.look();
        Files.move(away, file);
        watch.look();
        Outcome back = watch.look();

        // Then
        assertThat(missing).isInstanceOf(Outcome.Refused.class);
        assertThat(loaded(back).hash()).isEqualTo(hash);
    }

    @Test
    void aTouchedFileHasTheSameHashAndAnotherContentAnother() throws IOException {
        // Given
        Path file = write("places.csv", HEADER + "a,x,1\n");
        String first = load(PLACES, file).hash();

        // When
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        String touched = load(PLACES, file).hash();
        Files.writeString(file, HEADER + "a,x,2\n");
        String changed = load(PLACES, file).hash();

        // Then
        assertThat(touched).isEqualTo(first);
        assertThat(changed).isNotEqualTo(first);
    }

    @Test
    void aLinkThatLeadsNowhereIsNoMatterUnlessItIsOneOfTheFiles() throws IOException {
        // Given: as an editor leaves it while a file is open
        write("places.csv", HEADER + "a,x,1\n");
        Files.createSymbolicLink(folder.resolve(".#places.csv"), Path.of("nowhere"));

        // Then
        assertThat(load(PLACES, folder).rows()).hasSize(1);
    }

    @Test
    void whatChangesWhileItIsReadIsNotTaken() throws IOException {
        // Given
        Path file = write("places.csv", HEADER + "a,x,1\n");
        ReferenceFiles files = new ReferenceFiles("places", new LocalFiles(file), 1_000);
        List<ReferenceStorage.Look> before = files.look();

        // When
        Files.writeString(file, HEADER + "a,x,1\nb,x,1\n");

        // Then
        assertThat(files.read(before)).isEmpty();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static ReferenceWatch watch(Path from) {
        return new ReferenceWatch(PLACES, new LocalFiles(from), ReferenceLimits.DEFAULT);
    }

    private static ReferenceContent load(ReferenceLayout layout, Path from) {
        return loaded(new ReferenceWatch(layout, new LocalFiles(from), ReferenceLimits.DEFAULT).load());
    }

    private static ReferenceContent loaded(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Loaded.class);
        return ((Outcome.Loaded) outcome).content();
    }

    private static String refusal(ReferenceLayout layout, Path from) {
        return refused(new ReferenceWatch(layout, new LocalFiles(from), ReferenceLimits.DEFAULT).load());
    }

    private static String refused(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return String.valueOf(((Outcome.Refused) outcome).cause().getMessage());
    }

    private static @Nullable Object[] row(@Nullable Object... values) {
        return values;
    }

    private static void assertRows(ReferenceContent content, Map<Object, @Nullable Object[]> expected) {
        assertThat(content.rows().keySet()).isEqualTo(expected.keySet());
        expected.forEach((key, row) ->
                assertThat(content.rows().get(key)).as("row %s", key).isEqualTo(row));
    }
}
