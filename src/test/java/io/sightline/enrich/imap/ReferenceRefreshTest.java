package io.sightline.enrich.imap;

import static io.sightline.enrich.imap.Grid.places;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.enrich.ReferenceException;
import io.sightline.enrich.ReferenceState;
import io.sightline.enrich.ReferenceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class ReferenceRefreshTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);
    private static final String GOOD = "place_id,name,height\na,North,1.5\n";
    private static final String BETTER = "place_id,name,height\na,South,1.5\nb,West,\n";
    private static final String BAD = "place_id,name,height\na,South,high\n";
    private static HazelcastInstance member;

    private final AtomicLong nanoTime = new AtomicLong();

    @TempDir
    private Path folder;

    private Path file;
    private ReferenceSource source;
    private References references;

    @BeforeAll
    static void startMember() {
        member = Grid.member("reference-refresh");
    }

    @AfterAll
    static void stopMember() {
        member.shutdown();
    }

    @BeforeEach
    void startWithoutAnyVersion(TestInfo test) {
        file = folder.resolve("places.csv");
        source = places(test.getTestMethod().orElseThrow().getName(), file);
        references = new References(member, CLOCK);
    }

    @Test
    void theFirstVersionIsInForceWhenLoadingReturns() throws Exception {
        // Given
        Files.writeString(file, GOOD);

        // When
        var numbers = refresh().loadAll(ReferenceRefreshTest::neverWait);

        // Then
        assertThat(numbers)
                .containsOnlyKeys(source.key())
                .containsEntry(source.key(), current().number());
        assertThat(name("a")).isEqualTo("North");
        assertThat(state())
                .isEqualTo(new ReferenceState(
                        source.pipeline(),
                        "places",
                        current().number(),
                        current().contentHash(),
                        1,
                        CLOCK.millis(),
                        null,
                        null));
    }

    @Test
    void aBadFirstVersionFailsTheJobWithTheRowsAtFault() throws Exception {
        // Given
        Files.writeString(file, BAD);

        // When / Then
        assertThatThrownBy(() -> refresh().loadAll(ReferenceRefreshTest::neverWait))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("places.csv:2 height \"high\", accepted: a finite number such as 51.5");
        assertThat(state().number()).isZero();
        assertThat(state().lastError()).contains("places.csv:2 height");
    }

    @Test
    void aJobThatStartsOnABadVersionKeepsTheOneInTheGrid() throws Exception {
        // Given
        Files.writeString(file, GOOD);
        var before = refresh().loadAll(ReferenceRefreshTest::neverWait);
        Files.writeString(file, BAD);

        // When
        var after = refresh().loadAll(ReferenceRefreshTest::neverWait);

        // Then
        assertThat(after).isEqualTo(before);
        assertThat(name("a")).isEqualTo("North");
        assertThat(state().lastError()).contains("places.csv:2 height");
        assertThat(state().rows()).isEqualTo(1);
    }

    @Test
    void aJobThatStartsAgainOnTheSameFilesKeepsTheVersionAndMendsTheTwin() throws Exception {
        // Given
        Files.writeString(file, GOOD);
        var before = refresh().loadAll(ReferenceRefreshTest::neverWait);
        member.getMap(source.relation()).clear();

        // When
        var after = refresh().loadAll(ReferenceRefreshTest::neverWait);

        // Then
        assertThat(after).isEqualTo(before);
        assertThat(member.getMap(source.relation()).keySet()).containsExactly("a");
    }

    @Test
    void aChangeIsInForceWithinTheRefreshInterval() throws Exception {
        // Given
        Files.writeString(file, GOOD);
        ReferenceRefresh refresh = refresh();
        refresh.loadAll(ReferenceRefreshTest::neverWait);
        settle(refresh);

        // When: it changes just after a look
        Duration untilNextLook = refresh.step();
        Files.writeString(file, BETTER);
        long changed = nanoTime.get();
        nanoTime.addAndGet(untilNextLook.toNanos());
        nanoTime.addAndGet(refresh.step().toNanos());
        refresh.step();

        // Then
        assertThat(Duration.ofNanos(nanoTime.get() - changed)).isEqualTo(source.refresh());
        assertThat(name("a")).isEqualTo("South");
        assertThat(name("b")).isEqualTo("West");
        assertThat(member.getMap(source.relation()).keySet()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aBadNewVersionIsRefusedWholeUntilItIsMended() throws Exception {
        // Given
        Files.writeString(file, GOOD);
        ReferenceRefresh refresh = refresh();
        refresh.loadAll(ReferenceRefreshTest::neverWait);
        long number = current().number();

        // When
        Files.writeString(file, BAD);
        settle(refresh);

        // Then
        assertThat(current().number()).isEqualTo(number);
        assertThat(name("a")).isEqualTo("North");
        assertThat(state().lastError()).contains("places.csv:2 height");
        assertThat(state().number()).isEqualTo(number);

        // When
        Files.writeString(file, BETTER);
        settle(refresh);

        // Then
        assertThat(current().number()).isGreaterThan(number);
        assertThat(name("a")).isEqualTo("South");
        assertThat(state().lastError()).isNull();
        assertThat(state().lastErrorAtMillis()).isNull();
    }

    @Test
    void theErrorIsGoneWhenTheOldFileIsBack() throws Exception {
        // Given
        Files.writeString(file, GOOD);
        ReferenceRefresh refresh = refresh();
        refresh.loadAll(ReferenceRefreshTest::neverWait);
        long number = current().number();

        // When
        Path away = Files.move(file, folder.resolve("away"));
        settle(refresh);
        String missing = state().lastError();
        Files.move(away, file);
        settle(refresh);

        // Then
        assertThat(missing).contains("places.csv does not exist");
        assertThat(state().lastError()).isNull();
        assertThat(current().number()).isEqualTo(number);
    }

    @Test
    void anErrorKeepsTheTimeAtWhichItWasFirstMet() throws IOException {
        // Given: no file at all
        ReferenceException cause = failure();

        // When
        references.refuse(source, cause);
        new References(member, Clock.offset(CLOCK, Duration.ofHours(1))).refuse(source, cause);

        // Then
        assertThat(state().lastErrorAtMillis()).isEqualTo(CLOCK.millis());
    }

    @Test
    void aPipelineThatIsGoneLeavesNoStates() throws Exception {
        // Given
        Files.writeString(file, GOOD);
        refresh().loadAll(ReferenceRefreshTest::neverWait);

        // When
        new ReferenceStates(member).remove(source.pipeline());

        // Then
        assertThat(new ReferenceStates(member).of(source.pipeline())).isEmpty();
    }

    private ReferenceRefresh refresh() {
        return new ReferenceRefresh(member, List.of(source), CLOCK, nanoTime::get);
    }

    /** Steps until a whole refresh interval has passed twice. */
    private void settle(ReferenceRefresh refresh) {
        long end = nanoTime.get() + 2 * source.refresh().toNanos();
        while (nanoTime.get() - end < 0) {
            stepAndAdvance(refresh);
        }
    }

    private void stepAndAdvance(ReferenceRefresh refresh) {
        Duration pause = refresh.step();
        assertThat(pause).isPositive().isLessThan(source.refresh());
        nanoTime.addAndGet(pause.toNanos());
    }

    private ReferenceTable current() {
        return references.current(source).orElseThrow();
    }

    private @Nullable Object name(String key) {
        @Nullable Object[] row = current().row(key);
        return row == null ? null : row[0];
    }

    private ReferenceState state() {
        return new ReferenceStates(member).get(source);
    }

    private ReferenceException failure() {
        try {
            refresh().loadAll(ReferenceRefreshTest::neverWait);
            throw new AssertionError("there is a file");
        } catch (ReferenceException e) {
            return e;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void neverWait(Duration pause) {
        throw new AssertionError("nobody writes, and yet it waits for " + pause);
    }
}
