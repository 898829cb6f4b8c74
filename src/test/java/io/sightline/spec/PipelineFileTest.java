package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Column;
import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.spec.RollupSpec.Function;
import io.sightline.spec.RollupSpec.Measure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two tests a record: what stands there by default, and that every key arrives. */
class PipelineFileTest {
    private static final String LEAST = """
            pipeline: p
            source: {topic: t, bootstrap-servers: "h:1"}
            event:
              time: noted
              fields: {noted: {type: timestamp, required: true}}
            deduplicate: {key: [noted]}
            """;
    private static final String WITH_REFERENCE = LEAST + """
            enrich:
              - {reference: places, from: places.csv, key: noted, add: [place, site]}
            """;
    private static final String WITH_ROLLUP = LEAST + """
            rollups:
              - {name: r, window: 1s, measures: {n: count}}
            """;

    @Test
    void pipelineDefaults() {
        PipelineSpec spec = PipelineFile.parse("p.yaml", LEAST);
        assertThat(spec.name()).isEqualTo("p");
        assertThat(spec.enrich()).isEmpty();
        assertThat(spec.rollups()).isEmpty();
    }

    @Test
    void pipelineEveryKey() {
        PipelineSpec spec = PipelineFile.parse("p.yaml", WITH_REFERENCE + """
                        hot-window: {keep: 2m}
                        rollups: [{name: r, window: 1s, measures: {n: count}}]
                        """);
        assertThat(spec.enrich()).hasSize(1);
        assertThat(spec.rollups()).hasSize(1);
        assertThat(spec.hotWindow().keep()).isEqualTo(Duration.ofMinutes(2));
        assertThat(spec.enrichedColumns()).extracting(Column::name).containsExactly("noted", "place", "site");
    }

    @Test
    void sourceDefaults() {
        SourceSpec source = PipelineFile.parse("p.yaml", LEAST).source();
        assertThat(source)
                .isEqualTo(new SourceSpec(
                        "t",
                        new Setting("h:1"),
                        SourceSpec.Profile.KAFKA,
                        new SourceSpec.Start.Earliest(),
                        0,
                        Duration.ofSeconds(5),
                        null));
    }

    @Test
    void sourceEveryKey() {
        String yaml = LEAST.replaceFirst("source: .*", """
                source:
                  topic: 2026
                  bootstrap-servers: \\${env:HUB}:9093
                  profile: event-hubs
                  connection-string: \\${file:/run/secrets/hub}
                  format: json
                  start: 2026-09-21T16:00:00+02:00
                  idle-timeout: 500ms
                """.stripTrailing());
        SourceSpec source = PipelineFile.parse("p.yaml", yaml).source();
        assertThat(source)
                .isEqualTo(new SourceSpec(
                        "2026",
                        new Setting("${env:HUB}:9093"),
                        SourceSpec.Profile.EVENT_HUBS,
                        new SourceSpec.Start.At(Instant.parse("2026-09-21T14:00:00Z")),
                        0,
                        Duration.ofMillis(500),
                        new SourceSpec.ConnectionString(new Setting("${file:/run/secrets/hub}"))));
    }

    @ParameterizedTest
    @EnumSource
    void sourceWithAnIdentityInPlaceOfAConnectionString(SourceSpec.Identity identity) {
        String word = identity.name().toLowerCase(Locale.ROOT);
        String yaml = LEAST.replace("{topic: t,", "{topic: t, profile: event-hubs, identity: " + word + ",");
        assertThat(PipelineFile.parse("p.yaml", yaml).source().access()).isEqualTo(identity);
    }

    @Test
    void startLatest() {
        String yaml = LEAST.replace("{topic: t,", "{topic: t, start: latest,");
        assertThat(PipelineFile.parse("p.yaml", yaml).source().start()).isEqualTo(new SourceSpec.Start.Latest());
    }

    @Test
    void eventDefaults() {
        EventSpec event = PipelineFile.parse(
                        "p.yaml", LEAST.replace("fields: {", "fields: {a: int, b: {type: string}, "))
                .event();
        assertThat(event.schema().fields())
                .containsExactly(
                        new Field("a", FieldType.INT, false, "/a"),
                        new Field("b", FieldType.STRING, false, "/b"),
                        new Field("noted", FieldType.TIMESTAMP, true, "/noted"));
        assertThat(event.schema().timeField()).isEqualTo("noted");
        assertThat(event.keepUnknownFields()).isTrue();
        assertThat(event.plausibleAhead()).isEqualTo(Duration.ofHours(24));
        assertThat(event.plausibleBehind()).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void eventEveryKey() {
        EventSpec event = PipelineFile.parse(
                        "p.yaml", LEAST.replace("  fields: {noted: {type: timestamp, required: true}}", """
                                  fields:
                                    noted: {type: timestamp, required: true, from: /meta/at}
                                    day_of: {type: date, from: /meta/on~1~0, required: false}
                                  unknown-fields: drop
                                  plausible: {ahead: 2s, behind: 1h}""".indent(2)))
                .event();
        assertThat(event.schema().fields())
                .containsExactly(
                        new Field("noted", FieldType.TIMESTAMP, true, "/meta/at"),
                        new Field("day_of", FieldType.DATE, false, "/meta/on~1~0"));
        assertThat(event.keepUnknownFields()).isFalse();
        assertThat(event.plausibleAhead()).isEqualTo(Duration.ofSeconds(2));
        assertThat(event.plausibleBehind()).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"boolean", "int", "long", "double", "string", "timestamp", "date"})
    void everyTypeIsKnown(String type) {
        String yaml = LEAST.replace("fields: {", "fields: {a: " + type + ", ");
        assertThat(PipelineFile.parse("p.yaml", yaml)
                        .event()
                        .schema()
                        .fields()
                        .get(0)
                        .type())
                .isEqualTo(FieldType.ofYamlName(type).orElseThrow());
    }

    @Test
    void deduplicateDefaults() {
        assertThat(PipelineFile.parse("p.yaml", LEAST).deduplicate())
                .isEqualTo(new DeduplicateSpec(List.of("noted"), List.of(), Duration.ofMinutes(10)));
    }

    @Test
    void deduplicateEveryKey() {
        String yaml = LEAST.replace("fields: {", "fields: {a: int, ")
                .replace("{key: [noted]}", "{key: [a, noted], otherwise: [noted], horizon: 2h}");
        assertThat(PipelineFile.parse("p.yaml", yaml).deduplicate())
                .isEqualTo(new DeduplicateSpec(List.of("a", "noted"), List.of("noted"), Duration.ofHours(2)));
    }

    @Test
    void enrichDefaults() {
        assertThat(PipelineFile.parse("p.yaml", WITH_REFERENCE).enrich())
                .containsExactly(new EnrichSpec(
                        "places",
                        new Setting("places.csv"),
                        "noted",
                        List.of(new Column("place", FieldType.STRING), new Column("site", FieldType.STRING)),
                        Duration.ofSeconds(30)));
    }

    @Test
    void enrichEveryKey() {
        String yaml = WITH_REFERENCE
                .replace("[place, site]", "{place: string, storey: int}, refresh: 1m")
                .replace("places.csv", "\"${env:PLACES:-places}\"");
        assertThat(PipelineFile.parse("p.yaml", yaml).enrich())
                .containsExactly(new EnrichSpec(
                        "places",
                        new Setting("${env:PLACES:-places}"),
                        "noted",
                        List.of(new Column("place", FieldType.STRING), new Column("storey", FieldType.INT)),
                        Duration.ofMinutes(1)));
    }

    @Test
    void hotWindowDefaults() {
        assertThat(PipelineFile.parse("p.yaml", LEAST).hotWindow())
                .isEqualTo(new HotWindowSpec(Duration.ofMinutes(15), List.of()));
    }

    @Test
    void hotWindowEveryKey() {
        String yaml = WITH_REFERENCE + "hot-window: {keep: 1s, index: [[noted], [place, noted], [source_time]]}\n";
        assertThat(PipelineFile.parse("p.yaml", yaml).hotWindow())
                .isEqualTo(new HotWindowSpec(
                        Duration.ofSeconds(1),
                        List.of(List.of("noted"), List.of("place", "noted"), List.of("source_time"))));
    }

    @Test
    void storageIsOptional() {
        assertThat(PipelineFile.parse("p.yaml", LEAST).storage()).isNull();
    }

    @Test
    void storageEveryKey() {
        assertThat(PipelineFile.parse("p.yaml", LEAST + "storage: {identity: managed, emulator: \"127.0.0.1:10000\"}\n")
                        .storage())
                .isEqualTo(new StorageSpec(StorageSpec.Identity.MANAGED, null, null, "127.0.0.1:10000"));
        assertThat(PipelineFile.parse("p.yaml", LEAST + "storage: {account-key: \"${file:/k}\"}\n")
                        .storage())
                .isEqualTo(new StorageSpec(null, new Setting("${file:/k}"), null, null));
        assertThat(PipelineFile.parse("p.yaml", LEAST + "storage: {sas-token: \"${env:S}\"}\n")
                        .storage())
                .isEqualTo(new StorageSpec(null, null, new Setting("${env:S}"), null));
    }

    @Test
    void historyIsOptional() {
        assertThat(PipelineFile.parse("p.yaml", LEAST).history()).isNull();
    }

    @Test
    void historyDefaults() {
        assertThat(PipelineFile.parse("p.yaml", LEAST + "history: {table: data/p}\n")
                        .history())
                .isEqualTo(new HistorySpec(
                        new Setting("data/p"), Duration.ofSeconds(30), HistorySpec.Compression.SNAPPY, null));
    }

    @Test
    void historyEveryKey() {
        String yaml = LEAST + "history: {table: \"${env:TABLE:-data/p}\", partition-by: event_date,"
                + " commit-every: 5s, compression: zstd, keep: 30d}\n";
        assertThat(PipelineFile.parse("p.yaml", yaml).history())
                .isEqualTo(new HistorySpec(
                        new Setting("${env:TABLE:-data/p}"),
                        Duration.ofSeconds(5),
                        HistorySpec.Compression.ZSTD,
                        Duration.ofDays(30)));
    }

    @Test
    void rollupDefaults() {
        assertThat(PipelineFile.parse("p.yaml", WITH_ROLLUP).rollups())
                .containsExactly(new RollupSpec(
                        "r",
                        Duration.ofSeconds(1),
                        List.of(),
                        List.of(),
                        List.of(new Measure("n", Function.COUNT, null)),
                        Duration.ofMinutes(5),
                        Duration.ofHours(1)));
    }

    @Test
    void rollupEveryKey() {
        String yaml = WITH_REFERENCE.replace("fields: {", "fields: {a: int, b: long, c: double, ") + """
                rollups:
                  - name: r
                    window: 1h
                    by: [place]
                    carry: [site, b]
                    measures: {m1: count, m2: sum a, m3: avg b, m4: min c, m5: max  c}
                    correct-for: 1d
                    keep: 30d
                """;
        assertThat(PipelineFile.parse("p.yaml", yaml).rollups())
                .containsExactly(new RollupSpec(
                        "r",
                        Duration.ofHours(1),
                        List.of("place"),
                        List.of("site", "b"),
                        List.of(
                                new Measure("m1", Function.COUNT, null),
                                new Measure("m2", Function.SUM, "a"),
                                new Measure("m3", Function.AVG, "b"),
                                new Measure("m4", Function.MIN, "c"),
                                new Measure("m5", Function.MAX, "c")),
                        Duration.ofDays(1),
                        Duration.ofDays(30)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipelines/detections.yaml", "pipelines/vehicle-counts.yaml"})
    void shippedPipelineLoadsAndCanTravelToAMember(String file) throws IOException {
        // When
        PipelineSpec spec = PipelineFile.load(Path.of(file));

        // Then
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(spec);
        }
        assertThat(RollupMemory.warnings(spec)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF", "---\n", "# a comment\n\n", "%YAML 1.2\n---\n"})
    void harmlessBeginningsAreTaken(String beginning) {
        assertThat(PipelineFile.parse("p.yaml", beginning + LEAST).name()).isEqualTo("p");
    }

    @Test
    void windowsLineEndsAndBlockListsAreTaken() {
        String yaml = LEAST.replace("{key: [noted]}", "\n  key:\n  - noted\n  horizon: '5s'")
                .replace("\n", "\r\n");
        assertThat(PipelineFile.parse("p.yaml", yaml).deduplicate().horizon()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void bigRollupsAreWarnedAbout() {
        String yaml = WITH_ROLLUP.replace("window: 1s", "window: 1s, correct-for: 1d, keep: 30d");
        assertThat(RollupMemory.warnings(PipelineFile.parse("p.yaml", yaml)))
                .hasSize(2)
                .anyMatch(warning -> warning.startsWith("rollup r: correct-for holds 86,401 windows a group;"))
                .anyMatch(warning -> warning.startsWith("rollup r: keep holds up to 2,592,001 rows a group;"));
    }
}
