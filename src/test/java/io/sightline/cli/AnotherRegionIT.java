package io.sightline.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.SeededFeed;
import io.sightline.event.Origin;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.TableFolder;
import io.sightline.history.delta.TableRestore;
import io.sightline.history.delta.TableRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The procedure of {@code docs/operations.md}, "Another region", with a broker for each: the topic of the second has other
 * partitions and offsets, and holds again some of what had been read in the first.
 */
@Timeout(300)
final class AnotherRegionIT {
    private static final String TOPIC = "detections";
    private static final int PARTITIONS = 4;
    private static final int FEWER_PARTITIONS = 3;
    private static final int RATE = 2_000;
    private static final long EVENTS = 6_000;

    @RegisterExtension
    static final KafkaBroker HERE = new KafkaBroker();

    @RegisterExtension
    static final KafkaBroker THERE = new KafkaBroker();

    @TempDir
    private Path directory;

    private final Instant begun = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);

    @Test
    void theTableGoesOnWithTheOtherTopicAndKnowsWhatItHasAlready() throws Exception {
        // Given
        HERE.broker().createTopic(TOPIC, PARTITIONS, TimestampType.CREATE_TIME);
        THERE.broker().createTopic(TOPIC, FEWER_PARTITIONS, TimestampType.CREATE_TIME);
        Path file = MemberUnderTest.detections(directory, TOPIC, HERE.broker().bootstrapServers());
        Path table = directory.resolve(TOPIC).resolve("history");
        try (MemberUnderTest member = new MemberUnderTest(directory)) {
            done(member.sightline("submit", file.toString()));
            SeededFeed both = load(HERE, 1, begun);
            awaitOriginals(member, both.truth().unique());
            done(member.sightline("stop", TOPIC));
            // As when the region goes away between the commits of two tables.
            takeBack(table.resolveSibling("detections_dead_letters"));
            takeBack(table.resolveSibling("detections_per_minute"));
            load(THERE, 1, begun);
            SeededFeed later = load(THERE, 2, begun.plusSeconds(60));

            // When the address alone is changed
            edit(file, HERE.broker().bootstrapServers(), THERE.broker().bootstrapServers());

            // Then
            assertThat(refused(member, file)).contains("source.partitions-from: " + PARTITIONS);

            // When fewer are numbered than there are
            edit(file, "  start: earliest", "  start: " + begun.plusSeconds(1) + "\n  partitions-from: 5");

            // Then
            assertThat(refused(member, file))
                    .contains("source.partitions-from is 5")
                    .contains("accepted: 0, to go on with that topic, or " + PARTITIONS);

            // When it is as documented
            edit(file, "partitions-from: 5", "partitions-from: " + PARTITIONS);
            done(member.sightline("submit", file.toString()));

            // Then
            long unique = both.truth().unique() + later.truth().unique();
            awaitOriginals(member, unique);
            assertThat(member.number("SELECT records FROM pipeline_status"))
                    .isGreaterThan(both.truth().records() + later.truth().records())
                    .isLessThan(2 * both.truth().records() + later.truth().records());

            assertThat(member.number("SELECT COUNT(*) FROM topic_partitions")).isEqualTo(FEWER_PARTITIONS);

            // When another number is tried, or the table is to be as it was before
            done(member.sightline("stop", TOPIC));
            edit(file, "partitions-from: 4", "partitions-from: 3");
            String otherNumber = refused(member, file);
            edit(file, "partitions-from: 3", "partitions-from: 4");
            Ran back = Ran.sightline("history", "restore", file.toString(), "--version", "2", "--rewind", "--force");

            // Then
            assertThat(otherNumber).contains("accepted: 4, to go on with that topic, or 7");
            assertThat(back.exitStatus()).as(back.out()).isEqualTo(Sightline.FAILED);
            assertThat(back.err()).contains("version 2 is from before the topic that is read now");

            // When it starts from the history once more
            SeededFeed last = load(THERE, 3, begun.plusSeconds(90));
            done(member.sightline("submit", file.toString()));

            // Then
            long all = unique + last.truth().unique();
            awaitOriginals(member, all);
            Eventually.eventually(
                    "the minutes are whole",
                    () -> member.number("SELECT SUM(detections) FROM detections_per_minute") == all);
            Eventually.eventually(
                    "the hot window is full", () -> member.number("SELECT COUNT(*) FROM detections") == all);
            done(member.sightline("stop", TOPIC));
            List<Origin> origins = TableRows.origins(table);
            assertThat(new HashSet<>(origins)).hasSameSizeAs(origins).hasSize((int) all);
            assertThat(origins).allMatch(origin -> origin.topicPartition() < PARTITIONS + FEWER_PARTITIONS);
            assertThat(origins.stream().filter(origin -> origin.topicPartition() < PARTITIONS))
                    .hasSize((int) both.truth().unique());
            assertThat(TableRows.all(table.resolveSibling("detections_per_minute")).stream()
                            .mapToLong(row -> (Long) requireNonNull(row.get("detections")))
                            .sum())
                    .isEqualTo(all);
        }
    }

    private static SeededFeed load(KafkaBroker broker, long seed, Instant start) {
        SeededFeed feed = new SeededFeed(FeedOptions.of(seed, RATE, EVENTS, start, Faults.onlyResent()));
        FeedLoader.load(broker.broker().bootstrapServers(), TOPIC, feed, Pace.AT_ONCE);
        return feed;
    }

    /** To its first version, before anything had been read. */
    private static void takeBack(Path table) throws IOException {
        TableFolder folder = TableFolder.of(table.toString(), Map.of());
        assertThat(TableRestore.plan(folder, 0, System::currentTimeMillis).rewind(TOPIC))
                .isPresent();
    }

    private static void awaitOriginals(MemberUnderTest member, long unique) {
        Eventually.eventuallyEqual(
                "originals, and what is not read",
                List.of(List.of(unique, 0L)),
                () -> member.rows("SELECT originals, lag_events FROM pipeline_status"));
    }

    private static String refused(MemberUnderTest member, Path file) {
        Ran ran = member.sightline("submit", file.toString());
        assertThat(ran.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(ran.errLines()).hasSize(1);
        return ran.err();
    }

    private static void edit(Path file, String what, String by) throws IOException {
        String yaml = Files.readString(file);
        assertThat(yaml).contains(what);
        Files.writeString(file, yaml.replace(what, by));
    }

    private static void done(Ran ran) {
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
    }
}
