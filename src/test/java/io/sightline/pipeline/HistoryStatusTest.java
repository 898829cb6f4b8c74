package io.sightline.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.fixture.SqlRows;
import io.sightline.grid.GridMember;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HistoryStatusTest {
    private static HazelcastInstance member;

    private final AtomicLong now = new AtomicLong(1_000);

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
        Relations.publish(member);
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @Test
    void aTableBesideThatOfTheEventsShowsWhereItHoldsUpTheJobAndNowhereElse() {
        // Given
        HistoryStatus events = status("street", "street");
        HistoryStatus letters = status("street", "street_dead_letters");
        events.committed(7, 100);
        letters.committed(9, 1);

        // When
        letters.stalled("no room");
        now.set(2_000);
        letters.stalled("still no room");
        events.committed(8, 50);

        // Then
        assertThat(row("street"))
                .startsWith("street", "/tables/street", 8L)
                .contains(50L, 150L, "table street_dead_letters: still no room");

        // When
        letters.committed(10, 1);

        // Then
        assertThat(row("street")).startsWith("street", "/tables/street", 8L);
        assertThat(row("street").subList(6, 8)).containsOnlyNulls();
    }

    private HistoryStatus status(String pipeline, String table) {
        return new HistoryStatus(member, pipeline, "/tables/" + pipeline, table, now::get);
    }

    private static List<Object> row(String pipeline) {
        return SqlRows.rows(member, "SELECT * FROM history_status WHERE pipeline = '" + pipeline + "'")
                .get(0);
    }
}
