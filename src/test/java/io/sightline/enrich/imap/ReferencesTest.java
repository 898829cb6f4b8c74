package io.sightline.enrich.imap;

import static io.sightline.enrich.imap.Grid.content;
import static io.sightline.enrich.imap.Grid.places;
import static io.sightline.enrich.imap.Grid.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import com.hazelcast.spi.impl.SerializationServiceSupport;
import io.sightline.enrich.LocalFiles;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.enrich.ReferenceTable;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import io.sightline.fixture.SqlRows;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferencesTest {
    private static final Path NOWHERE = Path.of("nowhere.csv");
    private static final long NOW = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    private static HazelcastInstance member;

    private final References references = at(NOW);

    @BeforeAll
    static void startMember() {
        member = Grid.member("references");
    }

    @AfterAll
    static void stopMember() {
        member.shutdown();
    }

    @Test
    void theSameContentIsTheSameVersion() {
        // Given
        ReferenceSource source = places("same", NOWHERE);
        ReferenceTable first = references.publish(source, content(row("a", "North", 1.5)));

        // When
        ReferenceTable again = references.publish(source, content(row("a", "North", 1.5)));

        // Then
        assertThat(again.number()).isEqualTo(first.number());
    }

    @Test
    void numbersGrowEvenIfTheClockGoesBackOrTheTableIsLost() {
        // Given
        ReferenceSource source = places("numbers", NOWHERE);
        long first = references.publish(source, content(row("a", "1", 1.0))).number();

        // When
        long earlierClock =
                at(NOW - 1_000).publish(source, content(row("a", "2", 1.0))).number();
        References.tables(member).remove(source.key());
        long tableLost =
                at(NOW - 1_000).publish(source, content(row("a", "2", 1.0))).number();
        long laterClock =
                at(NOW + 1_000).publish(source, content(row("a", "3", 1.0))).number();

        // Then
        assertThat(List.of(first, earlierClock, tableLost, laterClock))
                .containsExactly(NOW, NOW + 1, NOW + 2, NOW + 1_000);
    }

    @Test
    void anotherLayoutIsAnotherVersionEvenOfTheSameContent() {
        // Given
        ReferenceSource source = places("layout", NOWHERE);
        ReferenceTable before = references.publish(source, content(row("a", "North", 1.5)));
        ReferenceLayout other = new ReferenceLayout(
                "places",
                Grid.PLACES.key(),
                List.of(new Column("label", FieldType.STRING), new Column("height", FieldType.DOUBLE)));
        ReferenceSource changed =
                new ReferenceSource("layout", other, 0, source.from(), source.refresh(), source.relation());

        // When
        ReferenceTable after = references.publish(changed, content(row("a", "North", 1.5)));

        // Then
        assertThat(after.number()).isGreaterThan(before.number());
        assertThat(references.current(source)).isEmpty();
        assertThat(twin(changed)).isEqualTo(Map.of("a", List.of("a", "North", 1.5)));
    }

    @Test
    void theMemberHandsOutOneAndTheSameTable() {
        // Given
        ReferenceSource source = places("shared", NOWHERE);
        ReferenceTable table = references.publish(source, content(row("a", "North", 1.5)));

        // When / Then
        assertThat(member.getConfig().findReplicatedMapConfig(References.MAP).getInMemoryFormat())
                .isEqualTo(InMemoryFormat.OBJECT);
        assertThat(References.tables(member).get(source.key()))
                .isSameAs(References.tables(member).get(source.key()))
                .satisfies(held -> assertThat(held.number()).isEqualTo(table.number()));
    }

    @Test
    void theTwinEqualsTheTableAfterEverySwap() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ReferenceSource source = places("twin", NOWHERE);
        for (int round = 0; round < 20; round++) {
            // Given
            Map<String, @Nullable Object[]> rows = new HashMap<>();
            int size = 1 + random.nextInt(40);
            for (int i = 0; i < size; i++) {
                String key = "k" + random.nextInt(50);
                rows.put(key, row(key, random.nextBoolean() ? null : "n" + random.nextInt(3), (double)
                        random.nextInt(3)));
            }

            // When
            ReferenceTable table =
                    references.publish(source, content(rows.values().toArray(new Object[0][])));

            // Then
            Map<Object, List<@Nullable Object>> expected = new HashMap<>();
            rows.forEach((key, values) -> expected.put(key, Arrays.asList(values)));
            assertThat(table.size()).isEqualTo(rows.size());
            assertThat(twin(source)).as("seed %s, round %s", seed, round).isEqualTo(expected);
        }
    }

    @Test
    void aSwapWritesOnlyTheRowsThatDiffer() {
        // Given
        ReferenceSource source = places("diff", NOWHERE);
        references.publish(source, content(row("a", "x", 1.0), row("b", "x", 1.0), row("c", "x", 1.0)));

        // When
        references.publish(source, content(row("a", "x", 1.0), row("b", "y", 1.0)));

        // Then
        assertThat(twinVersion(source, "a")).isEqualTo(0);
        assertThat(twinVersion(source, "b")).isEqualTo(1);
        assertThat(member.getMap(source.relation()).keySet()).containsExactlyInAnyOrder("a", "b");
    }

    @ParameterizedTest
    @EnumSource(FieldType.class)
    void sqlReadsTheTwinWithKeysOfEveryType(FieldType type) {
        // Given
        Object key = sample(type);
        ReferenceLayout layout = new ReferenceLayout("r", new Column("id", type), List.of(new Column("v", type)));
        String relation = "sql_" + type.yamlName();
        ReferenceSource source = new ReferenceSource(
                "sql" + type,
                layout,
                0,
                () -> new LocalFiles(Path.of("nowhere.csv")),
                Duration.ofSeconds(30),
                relation);
        references.publish(source, content(row(key, key)));

        // When
        String columns = ReferenceTwin.columns(layout).stream()
                .map(column -> ", " + column.name() + " " + column.type().sqlType())
                .collect(Collectors.joining());
        execute("CREATE OR REPLACE MAPPING " + relation + " (__key " + type.sqlType() + columns
                + ") TYPE IMap OPTIONS ('keyFormat'='"
                + ReferenceTwin.keyFormat(layout) + "', 'valueFormat'='compact', 'valueCompactTypeName'='"
                + ReferenceTwin.typeName(relation) + "')");

        // Then
        assertThat(execute("SELECT __key, id, v FROM " + relation))
                .singleElement()
                .satisfies(values -> {
                    assertThat(values).doesNotContainNull().hasSize(3);
                    assertThat(values).containsOnly(values.get(0));
                });
    }

    @ParameterizedTest
    @EnumSource(FieldType.class)
    void aTableTravelsWhole(FieldType type) {
        // Given
        ReferenceLayout layout =
                new ReferenceLayout("r", new Column("id", type), List.of(new Column("v", type), new Column("w", type)));
        Object key = sample(type);
        ReferenceTable table = new ReferenceTable(layout, 7, 8, content(row(key, key, null)));

        // When
        SerializationService serialization = ((SerializationServiceSupport) member).getSerializationService();
        ReferenceTable copy = serialization.toObject(serialization.toData(table));

        // Then
        assertThat(copy).isNotSameAs(table).hasToString("r version 7 (1 rows)");
        assertThat(copy.layout()).isEqualTo(layout);
        assertThat(copy.contentHash()).isEqualTo(table.contentHash());
        assertThat(copy.loadedAtMillis()).isEqualTo(8);
        assertThat(copy.row(key)).containsExactly(key, null);
    }

    private static References at(long millis) {
        return new References(member, Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC));
    }

    private static Object sample(FieldType type) {
        return switch (type) {
            case BOOLEAN -> true;
            case INT -> 12;
            case LONG -> 1L << 40;
            case DOUBLE -> 1.5;
            case STRING -> "";
            case TIMESTAMP -> 1_769_860_800_123_456L;
            case DATE -> LocalDate.of(2026, 1, 31);
        };
    }

    private static Map<Object, List<@Nullable Object>> twin(ReferenceSource source) {
        CompactRows compact = new CompactRows(source.relation(), source.layout().columns());
        Map<Object, List<@Nullable Object>> rows = new HashMap<>();
        member.<Object, GenericRecord>getMap(source.relation())
                .forEach((key, value) -> rows.put(key, Arrays.asList(compact.values(value))));
        return rows;
    }

    private static long twinVersion(ReferenceSource source, String key) {
        return member.getMap(source.relation()).getEntryView(key).getVersion();
    }

    private static List<List<@Nullable Object>> execute(String sql) {
        return SqlRows.rows(member, sql);
    }
}
