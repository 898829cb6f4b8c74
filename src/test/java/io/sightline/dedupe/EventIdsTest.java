package io.sightline.dedupe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.event.Schema;
import io.sightline.spec.DeduplicateSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    private static final Schema SCHEMA = new Schema(
            List.of(
                    Field.of("id", FieldType.STRING, false),
                    Field.of("camera", FieldType.STRING, false),
                    Field.of("number", FieldType.INT, false),
                    Field.of("time", FieldType.TIMESTAMP, true),
                    Field.of("x", FieldType.DOUBLE, false),
                    Field.of("day", FieldType.DATE, false),
                    Field.of("open", FieldType.BOOLEAN, false)),
            "time");

    @Test
    void canonical_uuid_text_is_its_bits() {
        // Given
        EventIds ids = ids(List.of("id"), List.of());
        UUID uuid = UUID.fromString("b2eefa0c-1b2f-58ba-b09d-9608f373d82c");

        // When
        EventId id = ids.of(values(uuid.toString()));

        // Then
        assertThat(id).isEqualTo(EventId.ofUuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()));
        assertThat(id)
                .isNotNull()
                .satisfies(known -> assertThat(known.low()).isEqualTo(uuid.getLeastSignificantBits()));
    }

    @Test
    void any_other_text_is_the_first_half_of_the_sha_256_of_its_utf_8() throws Exception {
        // Given
        EventIds ids = ids(List.of("id"), List.of());
        for (String text : List.of("a", "B2EEFA0C-1B2F-58BA-B09D-9608F373D82C", "straße 7 \uD83D\uDE97 漢", " ")) {
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));

            // When
            EventId id = ids.of(values(text));

            // Then
            assertThat(id).as(text).isEqualTo(new EventId(hash.getLong(), hash.getLong()));
        }
    }

    @Test
    void texts_that_utf_8_cannot_hold_stay_different() {
        // Given
        EventIds ids = ids(List.of("id"), List.of());

        // When
        Set<EventId> made = new HashSet<>();
        for (String text : List.of("\uD800", "\uD801", "\uDC00", "\uD800x", "?")) {
            made.add(ids.of(values(text)));
        }

        // Then
        assertThat(made).hasSize(5);
    }

    @Test
    void ids_that_count_up_spread_over_all_buckets() {
        // Given
        EventIds ids = ids(List.of("id"), List.of());
        int[] perBucket = new int[64];

        // When
        for (int i = 0; i < 64_000; i++) {
            EventId id = requireNonNull(ids.of(values(String.format("00000000-0000-1000-8000-%012x", i))));
            perBucket[(int) Long.remainderUnsigned(id.high(), perBucket.length)]++;
        }

        // Then
        for (int count : perBucket) {
            assertThat(count).isBetween(800, 1200);
        }
    }

    @Test
    void a_missing_key_takes_the_otherwise_fields_and_writes_a_version_5_uuid_into_the_id_column() {
        // Given
        EventIds ids = ids(List.of("id"), List.of("camera", "time", "x"));
        @Nullable Object[] values = values(null, "cam-1", 7, 1_000L, 0.5);
        @Nullable Object[] again = values(null, "cam-1", 8, 1_000L, 0.5);

        // When
        EventId id = ids.of(values);
        EventId same = ids.of(again);

        // Then
        assertThat(id).isNotNull().isEqualTo(same);
        assertThat(values[0]).isEqualTo(again[0]);
        UUID written = UUID.fromString((String) values[0]);
        assertThat(written.version()).isEqualTo(5);
        assertThat(written.variant()).isEqualTo(2);
        assertThat(ids.of(values)).as("read back from its text").isEqualTo(id);
    }

    @Test
    void the_otherwise_id_never_changes_from_one_release_to_the_next() {
        // Given
        EventIds ids = ids(List.of("id"), List.of("camera", "time", "x"));
        @Nullable Object[] values = values(null, "cam-1", 7, 1_000L, 0.5);

        // When
        ids.of(values);

        // Then
        assertThat(values[0]).isEqualTo(OTHERWISE_ID);
    }

    @Test
    void empty_text_identifies_nothing() {
        // Given
        EventIds ids = ids(List.of("id"), List.of("camera"));
        @Nullable Object[] empty = values("", "cam-1", 7, 1_000L, 0.5);
        @Nullable Object[] missing = values(null, "cam-1", 7, 1_000L, 0.5);

        // When
        EventId id = ids.of(empty);

        // Then
        assertThat(id).isNotNull().isEqualTo(ids.of(missing));
        assertThat(empty[0]).isEqualTo(missing[0]);
    }

    @Test
    void no_key_can_be_made_of_nothing() {
        assertThat(ids(List.of("id"), List.of()).of(values(null, "cam-1"))).isNull();
        assertThat(ids(List.of("id"), List.of("camera", "x")).of(values((Object) null)))
                .isNull();
        assertThat(ids(List.of("camera", "number"), List.of()).of(values("e", null, 1)))
                .isNull();
    }

    @Test
    void a_missing_otherwise_value_is_a_value_of_its_own() {
        // Given
        EventIds ids = ids(List.of("id"), List.of("camera", "number", "x"));

        // When
        Set<EventId> made = new HashSet<>();
        made.add(ids.of(values(null, "cam-1", null, 1L, 0.5)));
        made.add(ids.of(values(null, "cam-1", 1, 1L, null)));
        made.add(ids.of(values(null, "cam-1", null, 1L, null)));
        made.add(ids.of(values(null, null, 1, 1L, 0.5)));

        // Then
        assertThat(made).hasSize(4).doesNotContainNull();
    }

    @Test
    void a_composite_key_writes_nothing_and_tells_its_values_apart() {
        // Given
        EventIds ids = ids(List.of("id", "camera"), List.of("time"));
        List<@Nullable Object[]> events = new ArrayList<>();
        events.add(values("ab", "c"));
        events.add(values("a", "bc"));
        events.add(values("abc", ""));
        events.add(values("", "abc"));

        // When
        Set<EventId> made = new HashSet<>();
        events.forEach(event -> made.add(ids.of(event)));
        @Nullable Object[] missing = values(null, "c", 1, 5L);
        EventId otherwise = ids.of(missing);

        // Then
        assertThat(made).hasSize(4).doesNotContainNull();
        assertThat(otherwise).isNotNull();
        assertThat(missing[0]).isNull();
    }

    @Test
    void a_key_of_one_field_that_is_not_text_is_typed() {
        // Given
        @Nullable Object[] values = {"1", "1", 1, 1L, 1.0, LocalDate.ofEpochDay(1), true};

        // When
        Set<EventId> made = new HashSet<>();
        for (String field : List.of("id", "number", "time", "x", "day", "open")) {
            made.add(ids(List.of(field), List.of()).of(values));
        }

        // Then
        assertThat(made).hasSize(6).doesNotContainNull();
    }

    @Test
    void uuid_text_reads_and_writes_as_the_platform_does() {
        Random random = new Random(5);
        for (int i = 0; i < 1_000; i++) {
            UUID uuid = new UUID(random.nextLong(), random.nextLong());
            String text = uuid.toString();
            assertThat(UuidText.isCanonical(text)).isTrue();
            assertThat(UuidText.mostSignificant(text)).isEqualTo(uuid.getMostSignificantBits());
            assertThat(UuidText.leastSignificant(text)).isEqualTo(uuid.getLeastSignificantBits());
            assertThat(UuidText.of(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()))
                    .isEqualTo(text);
        }
        assertThat(UuidText.isCanonical("b2eefa0c-1b2f-58ba-b09d-9608f373d82")).isFalse();
        assertThat(UuidText.isCanonical("b2eefa0c-1b2f-58ba-b09d-9608f373d82g")).isFalse();
        assertThat(UuidText.isCanonical("b2eefa0c-1b2f-58ba-b09d-9608f373d82ſ")).isFalse();
        assertThat(UuidText.isCanonical("b2eefa0c01b2f-58ba-b09d-9608f373d82c")).isFalse();
        assertThat(UuidText.isCanonical("b2eefa0c-1b2f-58ba-b09d--608f373d82c")).isFalse();
    }

    @Test
    void long_text_is_encoded_whole() {
        // Given
        EventIds ids = ids(List.of("id"), List.of());
        String text = "漢".repeat(100_000);

        // When
        EventId one = ids.of(values(text + "a"));
        EventId other = ids.of(values(text + "b"));

        // Then
        assertThat(one).isNotEqualTo(other);
    }

    private static final String OTHERWISE_ID = "39a5341e-d624-5dae-9e75-0a64bc351cbe";

    private static EventIds ids(List<String> key, List<String> otherwise) {
        return new EventIds(new DeduplicateSpec(key, otherwise, Duration.ofMinutes(10)), SCHEMA);
    }

    private static @Nullable Object[] values(@Nullable Object... first) {
        @Nullable Object[] values = new Object[SCHEMA.size()];
        System.arraycopy(first, 0, values, 0, first.length);
        return values;
    }
}
