package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.Origin;
import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.CommitState;
import io.sightline.history.CommitState.Due;
import io.sightline.history.CommitState.Settled;
import io.sightline.history.ProgressVector;
import io.sightline.history.Sealed;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers in threads of their own, each taking the same table over from the others again and again. */
class RacingWritersTest {
    private static final List<Column> COLUMNS = List.of(
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT));
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final int WRITERS = 3;
    private static final int TOPIC_PARTITIONS = 2;
    private static final int RECORDS = 25;

    @TempDir
    private Path folder;

    private final AtomicInteger named = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    @Test
    void writers_that_take_the_table_over_from_one_another_leave_each_row_once() throws Exception {
        // Given
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> writers = new ArrayList<>();

        // When
        for (int i = 0; i < WRITERS; i++) {
            long seed = i;
            writers.add(threads.submit(() -> {
                write(new Random(seed));
                return null;
            }));
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        threads.shutdown();

        // Then
        List<Origin> expected = new ArrayList<>();
        for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
            for (long offset = 0; offset < RECORDS; offset++) {
                expected.add(new Origin(partition, offset, 0));
            }
        }
        assertThat(TableRows.origins(folder)).isEqualTo(expected);
        assertThat(refused).as("writers that were replaced").hasPositiveValue();
    }

    /** Claims, commits until another takes over or some rounds are over, and claims anew, until all is in the table. */
    private void write(Random random) throws IOException {
        TableFolder table = TableFolder.of(folder.toString(), Map.of());
        TableWriter writer = new TableWriter(new DeltaTableLog(table, "topic", COLUMNS), () -> 0);
        while (true) {
            Claim claim = claim(writer);
            CommitState state = CommitState.cold(claim);
            for (int round = 2 + random.nextInt(6); round > 0 && state instanceof Settled settled; round--) {
                if (settled.at().equals(ProgressVector.of(RECORDS, RECORDS))) {
                    return;
                }
                Due due = settled.prepare(read(table, settled.at(), random)).completed();
                state = settle(writer, claim, due);
            }
            refused.addAndGet(state instanceof CommitState.Stopped ? 1 : 0);
        }
    }

    private static Claim claim(TableWriter writer) {
        ClaimRequest request = new ClaimRequest(
                new WriterIdentity("grid", "pipeline"), Duration.ofSeconds(30), false, ProgressVector.of(0, 0));
        while (true) {
            try {
                return writer.claim(request);
            } catch (IOException e) {
                // Others were faster, too often in a row.
                Thread.onSpinWait();
            }
        }
    }

    private static CommitState settle(TableWriter writer, Claim claim, Due due) {
        CommitState state = due;
        while (state instanceof Due open) {
            state = open.after(writer.settle(claim.fence(), open.commit()));
        }
        return state;
    }

    /** A few more records of one topic partition, in a file. */
    private Sealed read(TableFolder table, ProgressVector at, Random random) throws IOException {
        int partition = at.next(0) == RECORDS || (at.next(1) < RECORDS && random.nextBoolean()) ? 1 : 0;
        long until = Math.min(RECORDS, at.next(partition) + 1 + random.nextInt(5));
        TableFiles files = new TableFiles(
                table, COLUMNS, Compression.SNAPPY, 1 << 20, () -> "part-" + named.getAndIncrement(), () -> 0);
        for (long offset = at.next(partition); offset < until; offset++) {
            files.write(DAY, new @Nullable Object[] {partition, offset, 0});
        }
        return new Sealed(at.with(partition, until), files.seal(), new TreeMap<>());
    }
}
