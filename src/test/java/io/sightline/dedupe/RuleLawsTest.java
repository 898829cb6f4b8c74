package io.sightline.dedupe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Event;
import io.sightline.event.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The laws of the rule, in a small world: topic partitions read in any order, batches, barriers that complete or fail,
 * restarts from the last complete job snapshot, primaries lost and backups promoted, retried operations, and executions
 * that were cut off and go on writing. All from a seed.
 */
class RuleLawsTest {
    private static final long HORIZON = 60;
    private static final int SEEDS = 200;

    @Test
    void a_replay_repeats_every_verdict() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, Rule.ORIGIN, false);
            world.run();
            assertThat(world.flips).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void the_world_has_what_the_laws_are_about() {
        int restarts = 0;
        int promotions = 0;
        int zombies = 0;
        int refusals = 0;
        int purged = 0;
        int duplicates = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, Rule.ORIGIN, false);
            world.run();
            restarts += world.restarts;
            promotions += world.promotions;
            zombies += world.zombieBatches;
            refusals += world.refusals;
            purged += world.originals() - world.marks();
            duplicates += world.verdicts.size() - world.originals();
        }
        assertThat(List.of(restarts, promotions, zombies, refusals, purged, duplicates))
                .allMatch(count -> count > SEEDS);
    }

    @Test
    void no_two_originals_of_an_id_are_within_a_horizon_and_every_duplicate_is_within_one_of_an_original() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, Rule.ORIGIN, false);
            world.run();
            world.byId().forEach((id, sightings) -> {
                for (Event event : sightings) {
                    boolean original = world.isOriginal(event);
                    boolean originalNear = sightings.stream()
                            .filter(other -> other != event && world.isOriginal(other))
                            .anyMatch(
                                    other -> Math.abs(other.sourceTimeMillis() - event.sourceTimeMillis()) <= HORIZON);
                    assertThat(originalNear)
                            .as("seed %d, id %d, %s", world.seed, id, event)
                            .isEqualTo(!original);
                }
            });
        }
    }

    @Test
    void within_one_topic_partition_the_verdicts_are_those_of_reading_it_once() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, Rule.ORIGIN, false);
            world.run();
            for (List<Event> partition : world.topic) {
                Map<Long, Long> lastOriginal = new HashMap<>();
                for (Event event : partition) {
                    if (world.isShared(event)) {
                        continue;
                    }
                    Long last = lastOriginal.get(event.idLow());
                    boolean original = last == null || event.sourceTimeMillis() - last > HORIZON;
                    if (original) {
                        lastOriginal.put(event.idLow(), event.sourceTimeMillis());
                    }
                    assertThat(world.verdicts.get(event.origin()))
                            .as("seed %d, %s", seed, event)
                            .isEqualTo(original);
                }
            }
        }
    }

    @Test
    void an_original_stays_one_even_if_it_comes_behind_the_watermark() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, Rule.ORIGIN, true);
            world.run();
            assertThat(world.flips)
                    .as("seed %d", seed)
                    .allSatisfy(flip -> assertThat(flip).endsWith("to original"));
        }
    }

    @Test
    void a_cut_off_execution_does_no_harm() {
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, Rule.ORIGIN, false);
            world.zombiesIn100 = 60;
            world.run();
            assertThat(world.flips).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void naive_marks_lose_originals_in_a_replay() {
        // Given
        long lost = 0;

        // When
        for (long seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, Rule.NAIVE, false);
            world.run();
            lost += world.byId().values().stream()
                    .filter(sightings -> sightings.stream().noneMatch(world::isOriginal))
                    .count();
        }

        // Then
        assertThat(lost).isGreaterThan(SEEDS);
    }

    /** One run. The verdict that counts for an event is the last. */
    private static final class World {
        private static final int TOPIC_PARTITIONS = 3;
        private static final int BUCKETS = 2;
        private static final int EVENTS = 150;
        private static final int IDS = 40;

        final long seed;
        final List<List<Event>> topic = new ArrayList<>();
        final Map<Origin, Boolean> verdicts = new HashMap<>();
        final List<String> flips = new ArrayList<>();
        int restarts;
        int promotions;
        int zombieBatches;
        int refusals;
        int zombiesIn100 = 10;

        private final Random random;
        private final Rule rule;
        private final boolean idlePartitions;
        private final MarkBucket[] primary = new MarkBucket[BUCKETS];
        private final MarkBucket[] backup = new MarkBucket[BUCKETS];
        private final List<Execution> cutOff = new ArrayList<>();
        private int[] committed = new int[TOPIC_PARTITIONS];
        private long committedWatermark = Long.MIN_VALUE;
        private long committedExpiry = MarkBucket.NOTHING_EXPIRED;

        World(long seed, Rule rule, boolean idlePartitions) {
            this.seed = seed;
            this.rule = rule;
            this.idlePartitions = idlePartitions;
            this.random = new Random(seed);
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                primary[bucket] = new MarkBucket(1);
                backup[bucket] = new MarkBucket(1);
            }
            for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
                topic.add(partition(partition));
            }
        }

        private List<Event> partition(int partition) {
            List<Event> events = new ArrayList<>();
            long time = random.nextInt(100);
            int offset = 0;
            while (events.size() < EVENTS) {
                time += random.nextInt(8) == 0 ? random.nextInt(60) : random.nextInt(4);
                int elements = random.nextInt(4) == 0 ? 3 : 1;
                for (int index = 0; index < elements; index++) {
                    events.add(event(partition, offset, index, time, id(partition)));
                }
                offset++;
            }
            return events;
        }

        /** Half of the ids are of one topic partition only, as those of a camera are. */
        private long id(int partition) {
            int id = random.nextInt(IDS);
            return id % 2 == 0 ? id : id + (long) IDS * (partition + 1);
        }

        boolean isShared(Event event) {
            return event.idLow() < IDS;
        }

        void run() {
            Execution execution = new Execution();
            while (!execution.isDone()) {
                int dice = random.nextInt(100);
                if (dice < 70) {
                    execution.judgeSome(8, true);
                } else if (dice < 85) {
                    execution.barrier(random.nextInt(4) > 0);
                } else if (dice < 90) {
                    cutOff.add(execution);
                    execution = new Execution();
                    restarts++;
                } else if (dice < 93) {
                    loseAPrimary();
                } else {
                    primary[random.nextInt(BUCKETS)].shrink();
                    backup[random.nextInt(BUCKETS)].shrink();
                }
                if (!cutOff.isEmpty() && random.nextInt(100) < zombiesIn100) {
                    cutOff.get(random.nextInt(cutOff.size())).judgeSome(20, false);
                    zombieBatches++;
                }
            }
        }

        /** Members die only between acknowledged operations here; what else can happen ends in a restart and a replay. */
        private void loseAPrimary() {
            int bucket = random.nextInt(BUCKETS);
            primary[bucket] = backup[bucket];
            backup[bucket] = new MarkBucket(1, primary[bucket].expireBefore(), primary[bucket].liveMarks());
            promotions++;
        }

        boolean isOriginal(Event event) {
            return requireNonNull(verdicts.get(event.origin()), "an event without a verdict");
        }

        int originals() {
            return (int) verdicts.values().stream().filter(original -> original).count();
        }

        int marks() {
            return Arrays.stream(primary)
                    .mapToInt(bucket -> bucket.liveMarks().size())
                    .sum();
        }

        Map<Long, List<Event>> byId() {
            Map<Long, List<Event>> byId = new TreeMap<>();
            topic.forEach(partition -> partition.forEach(event ->
                    byId.computeIfAbsent(event.idLow(), id -> new ArrayList<>()).add(event)));
            return byId;
        }

        private final class Execution {
            private final int[] position = committed.clone();
            private long watermark = committedWatermark;
            private long expireBefore = committedExpiry;
            private long expireBeforeOfSnapshot = committedExpiry;

            boolean isDone() {
                for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
                    if (position[partition] < topic.get(partition).size()) {
                        return false;
                    }
                }
                return true;
            }

            void judgeSome(int atMost, boolean counts) {
                List<List<Event>> batches = new ArrayList<>();
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    batches.add(new ArrayList<>());
                }
                for (int i = random.nextInt(atMost); i >= 0; i--) {
                    int partition = random.nextInt(TOPIC_PARTITIONS);
                    if (position[partition] < topic.get(partition).size()) {
                        Event event = topic.get(partition).get(position[partition]++);
                        batches.get((int) (event.idLow() % BUCKETS)).add(event);
                    }
                }
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    judge(bucket, batches.get(bucket), counts);
                }
                observeWatermark();
            }

            private void judge(int bucket, List<Event> events, boolean counts) {
                Sightings batch = Sightings.of(events);
                boolean retried = random.nextInt(5) == 0;
                if (retried && rule == Rule.ORIGIN) {
                    primary[bucket].judge(batch, expireBefore, HORIZON, rule);
                }
                Verdict verdict = primary[bucket].judge(batch, expireBefore, HORIZON, rule);
                if (verdict.outcome() != Verdict.Outcome.JUDGED) {
                    assertThat(counts)
                            .as("seed %d: only the cut off are behind", seed)
                            .isFalse();
                    refusals++;
                    return;
                }
                Sightings originals = batch.originals(verdict);
                if (!originals.isEmpty()) {
                    backup[bucket].add(originals, expireBefore);
                }
                int duplicate = 0;
                for (int i = 0; i < events.size(); i++) {
                    boolean original = duplicate == verdict.duplicates() || verdict.position(duplicate) != i;
                    duplicate += original ? 0 : 1;
                    record(events.get(i), original, counts);
                }
            }

            private void record(Event event, boolean original, boolean counts) {
                if (!counts) {
                    return;
                }
                Boolean before = verdicts.put(event.origin(), original);
                if (before != null && before != original) {
                    flips.add(event + (original ? " to original" : " to duplicate"));
                }
            }

            private void observeWatermark() {
                long slowest = Long.MAX_VALUE;
                for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
                    List<Event> events = topic.get(partition);
                    int read = position[partition];
                    boolean idle = idlePartitions && random.nextInt(3) == 0;
                    if (read < events.size() && !idle) {
                        slowest = Math.min(
                                slowest,
                                read == 0
                                        ? Long.MIN_VALUE
                                        : events.get(read - 1).sourceTimeMillis());
                    }
                }
                if (slowest != Long.MAX_VALUE) {
                    watermark = Math.max(watermark, slowest);
                }
            }

            void barrier(boolean completes) {
                expireBefore = expireBeforeOfSnapshot;
                if (completes) {
                    committed = position.clone();
                    committedWatermark = watermark;
                    if (watermark != Long.MIN_VALUE) {
                        committedExpiry = watermark - HORIZON;
                    }
                    expireBeforeOfSnapshot = committedExpiry;
                }
            }
        }

        private static Event event(int partition, long offset, int index, long time, long id) {
            return new Event(partition, offset, index, time, 0, id * 31, id, new Object[0], null, Event.NOTHING_ADDED);
        }
    }
}
