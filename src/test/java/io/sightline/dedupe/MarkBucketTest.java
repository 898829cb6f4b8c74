package io.sightline.dedupe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Event;
import io.sightline.event.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkBucketTest {
    private static final long HORIZON = 100;

    @Test
    void the_first_sighting_is_original_and_any_other_within_the_horizon_is_its_duplicate() {
        // Given
        MarkBucket bucket = new MarkBucket(1);

        // When
        Verdict verdict = judge(bucket, sighting(7, 0, 10, 0, 1000), sighting(7, 3, 11, 2, 1100));

        // Then
        assertThat(verdict.duplicates()).isEqualTo(1);
        assertThat(verdict.position(0)).isEqualTo(1);
        assertThat(verdict.first(0)).isEqualTo(new Origin(0, 10, 0));
        assertThat(verdict.firstTimeMillis(0)).isEqualTo(1000);
    }

    @Test
    void a_sighting_beyond_the_horizon_is_original_and_does_not_replace_the_first() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        judge(bucket, sighting(7, 0, 10, 0, 1000));

        // When
        Verdict later = judge(bucket, sighting(7, 0, 20, 0, 1101));
        Verdict replayedDuplicateOfTheFirst = judge(bucket, sighting(7, 0, 11, 0, 1000));

        // Then
        assertThat(later.duplicates()).isZero();
        assertThat(bucket.marks()).isEqualTo(2);
        assertThat(replayedDuplicateOfTheFirst.first(0)).isEqualTo(new Origin(0, 10, 0));
    }

    @Test
    void of_two_marks_in_reach_the_earliest_is_the_first_sighting() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        judge(bucket, sighting(7, 1, 10, 0, 1101), sighting(7, 0, 10, 0, 1000));

        // When
        Verdict between = judge(bucket, sighting(7, 2, 1, 0, 1050));

        // Then
        assertThat(between.first(0)).isEqualTo(new Origin(0, 10, 0));
    }

    @Test
    void a_copy_in_another_topic_partition_may_be_older_than_its_first_sighting() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        judge(bucket, sighting(7, 0, 10, 0, 1100));

        // When
        Verdict older = judge(bucket, sighting(7, 1, 10, 0, 1000));

        // Then
        assertThat(older.duplicates()).isEqualTo(1);
    }

    @Test
    void the_same_origin_is_judged_the_same_again() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        Sightings batch =
                sightings(sighting(7, 0, 10, 0, 1000), sighting(7, 0, 10, 1, 1000), sighting(8, 0, 10, 2, 1000));

        // When
        Verdict first = bucket.judge(batch, MarkBucket.NOTHING_EXPIRED, HORIZON, Rule.ORIGIN);
        Verdict again = bucket.judge(batch, MarkBucket.NOTHING_EXPIRED, HORIZON, Rule.ORIGIN);

        // Then
        assertThat(again.words()).isEqualTo(first.words());
        assertThat(bucket.marks()).isEqualTo(2);
    }

    @Test
    void an_expired_mark_counts_for_nothing_even_while_it_is_there() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        judge(bucket, sighting(7, 0, 10, 0, 1000));
        expire(bucket, 1001);

        // When
        Verdict near = judge(bucket, sighting(7, 0, 11, 0, 1050));
        Verdict tooOldToJudge = judge(bucket, sighting(7, 1, 1, 0, 999));

        // Then
        assertThat(near.duplicates()).isZero();
        assertThat(tooOldToJudge.duplicates()).isZero();
    }

    @Test
    void a_batch_that_lags_behind_is_refused_and_leaves_no_mark() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        expire(bucket, 1001);

        // When
        Verdict verdict = bucket.judge(sightings(sighting(7, 0, 10, 0, 2000)), 1000, HORIZON, Rule.ORIGIN);

        // Then
        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.BEHIND);
        assertThat(bucket.marks()).isZero();
    }

    @Test
    void memory_is_given_back_when_marks_expire() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        for (int i = 0; i < 10_000; i++) {
            judge(bucket, sighting(i, 0, i, 0, i));
        }
        long before = bucket.bytes();
        expire(bucket, 9_990);

        // When
        bucket.shrink();

        // Then
        assertThat(bucket.marks()).isEqualTo(10);
        assertThat(before).isGreaterThan(400_000);
        assertThat(bucket.bytes()).isLessThan(1_000);
    }

    @Test
    void a_remembered_id_costs_less_than_a_hundred_bytes_at_any_size() {
        MarkBucket bucket = new MarkBucket(1);
        for (int i = 0; i < 50_000; i++) {
            judge(bucket, sighting(i, 0, i, 0, i));
            if (i > 100) {
                assertThat(bucket.bytes()).isLessThanOrEqualTo((i + 10L) * MarkBucket.BYTES_A_MARK);
            }
        }
    }

    @Test
    void memory_stays_level_while_ids_come_and_expire() {
        // Given
        MarkBucket bucket = new MarkBucket(1);

        // When
        for (int i = 0; i < 200_000; i++) {
            expire(bucket, i - 5_000);
            judge(bucket, sighting(i, 0, i, 0, i));
        }

        // Then
        assertThat(bucket.bytes()).isLessThanOrEqualTo(5_010L * MarkBucket.BYTES_A_MARK);
        assertThat(bucket.liveMarks().size()).isEqualTo(5_001);
    }

    @Test
    void fewer_ids_take_less_memory_and_none_that_lives_is_forgotten() {
        // Given
        MarkBucket bucket = new MarkBucket(1);
        for (int i = 0; i < 50_000; i++) {
            expire(bucket, i - 20_000);
            judge(bucket, sighting(i, 0, i, 0, i));
        }

        // When a tenth of them lives
        for (int i = 50_000; i < 70_000; i++) {
            expire(bucket, i - 2_000);
            judge(bucket, sighting(i, 0, i, 0, i));
        }

        // Then
        assertThat(bucket.bytes()).isLessThanOrEqualTo(2_010L * MarkBucket.BYTES_A_MARK * 8 / 7);
        for (int i = 68_000; i < 70_000; i++) {
            assertThat(judge(bucket, sighting(i, 1, i, 0, i)).duplicates()).isEqualTo(1);
        }
    }

    @Test
    void a_copy_holds_what_the_bucket_held() {
        // Given
        MarkBucket bucket = new MarkBucket(3);
        judge(bucket, sighting(7, 0, 10, 0, 1000), sighting(7, 0, 12, 0, 2000), sighting(8, 0, 11, 0, 10));
        expire(bucket, 500);

        // When
        MarkBucket copy = new MarkBucket(bucket.incarnation(), bucket.expireBefore(), bucket.liveMarks());

        // Then
        assertThat(copy.marks()).isEqualTo(2);
        assertThat(copy.expireBefore()).isEqualTo(500);
        assertThat(copy.incarnation()).isEqualTo(3);
        assertThat(judge(copy, sighting(7, 0, 13, 0, 1050)).first(0)).isEqualTo(new Origin(0, 10, 0));
    }

    /** Against a plain list of marks, with ids that collide, purges, shrinking and copies in between. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void it_does_what_a_list_of_marks_would_do(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        MarkBucket bucket = new MarkBucket(1);
        long now = 0;
        for (int step = 0; step < 3_000; step++) {
            now += random.nextInt(3);
            List<Event> events = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                int id = random.nextInt(200);
                events.add(sighting(id, random.nextInt(3), random.nextInt(20_000), 0, now - random.nextInt(50)));
            }
            if (random.nextInt(20) == 0) {
                expire(bucket, now - HORIZON - 50);
                model.expireBefore(now - HORIZON - 50);
            }
            if (random.nextInt(100) == 0) {
                bucket.shrink();
            }
            if (random.nextInt(100) == 0) {
                bucket = new MarkBucket(1, bucket.expireBefore(), bucket.liveMarks());
            }

            Verdict verdict = bucket.judge(Sightings.of(events), bucket.expireBefore(), HORIZON, Rule.ORIGIN);

            int duplicate = 0;
            for (int i = 0; i < events.size(); i++) {
                Optional<Origin> expected = model.judge(events.get(i));
                boolean found = duplicate < verdict.duplicates() && verdict.position(duplicate) == i;
                Optional<Origin> actual = found ? Optional.of(verdict.first(duplicate++)) : Optional.empty();
                assertThat(actual)
                        .as("seed %d, step %d, event %d", seed, step, i)
                        .isEqualTo(expected);
            }
        }
        assertThat(bucket.liveMarks().size()).as("seed %d", seed).isEqualTo(model.live());
    }

    /** The rule, written as simply as it can be. */
    private static final class Model {
        private final Map<Long, List<Event>> marks = new HashMap<>();
        private long expireBefore = Long.MIN_VALUE;

        void expireBefore(long time) {
            expireBefore = Math.max(expireBefore, time);
            marks.values().forEach(list -> list.removeIf(mark -> mark.sourceTimeMillis() < expireBefore));
        }

        Optional<Origin> judge(Event event) {
            List<Event> list = marks.computeIfAbsent(event.idLow(), id -> new ArrayList<>());
            if (list.stream().anyMatch(mark -> mark.origin().equals(event.origin()))) {
                return Optional.empty();
            }
            long time = event.sourceTimeMillis();
            Optional<Origin> first = list.stream()
                    .filter(mark -> time >= expireBefore)
                    .filter(mark -> Math.abs(mark.sourceTimeMillis() - time) <= HORIZON)
                    .min(Comparator.comparingLong(Event::sourceTimeMillis).thenComparing(Event::origin))
                    .map(Event::origin);
            if (first.isEmpty() && time >= expireBefore) {
                list.add(event);
            }
            return first;
        }

        long live() {
            return marks.values().stream().mapToLong(List::size).sum();
        }
    }

    private static Verdict judge(MarkBucket bucket, Event... events) {
        return bucket.judge(sightings(events), bucket.expireBefore(), HORIZON, Rule.ORIGIN);
    }

    private static void expire(MarkBucket bucket, long before) {
        bucket.judge(Sightings.NONE, before, HORIZON, Rule.ORIGIN);
    }

    private static Sightings sightings(Event... events) {
        return Sightings.of(List.of(events));
    }

    private static Event sighting(long id, int topicPartition, long offset, int index, long time) {
        return new Event(
                topicPartition, offset, index, time, 0, id * 271, id, new Object[0], null, Event.NOTHING_ADDED);
    }
}
