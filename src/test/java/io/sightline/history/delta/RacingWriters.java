package io.sightline.history.delta;

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
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writers in threads of their own, each taking the same table over from the others again and again, until all records are in it. */
final class RacingWriters {
    private static final List<Column> COLUMNS = List.of(
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT));
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final int TOPIC_PARTITIONS = 2;

    private final TableFolder table;
    private final int records;
    private final AtomicInteger named = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    /** @param records of each of two topic partitions */
    RacingWriters(TableFolder table, int records) {
        this.table = table;
        this.records = records;
    }

    /** Has so many of them write until all is in the table. */
    void race(int writers) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            Random random = new Random(i);
            running.add(threads.submit(() -> write(random)));
        }
        for (Future<?> writer : running) {
            writer.get();
        }
        threads.shutdown();
    }

    /** What the table must hold. */
    List<Origin> expected() {
        List<Origin> expected = new ArrayList<>();
        for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
            for (long offset = 0; offset < records; offset++) {
                expected.add(new Origin(partition, offset, 0));
            }
        }
        return expected;
    }

    /** How often a writer heard that another had taken over. */
    int refused() {
        return refused.get();
    }

    /** How often the storage failed a writer. */
    int failed() {
        return failed.get();
    }

    /** Claims, commits until another takes over or some rounds are over, and claims anew, until all is in the table. */
    private void write(Random random) {
        TableWriter writer = new TableWriter(new DeltaTableLog(table, "topic", COLUMNS), () -> 0);
        while (true) {
            Claim claim = claim(writer);
            CommitState state = CommitState.cold(claim);
            for (int round = 2 + random.nextInt(6); round > 0 && state instanceof Settled settled; round--) {
                if (settled.at().equals(ProgressVector.of(records, records))) {
                    return;
                }
                Due due = settled.prepare(read(settled.at(), random)).completed();
                state = settle(writer, claim, due);
            }
            refused.addAndGet(state instanceof CommitState.Stopped ? 1 : 0);
        }
    }

    private Claim claim(TableWriter writer) {
        ClaimRequest request = new ClaimRequest(
                new WriterIdentity("grid", "pipeline"), Duration.ofSeconds(30), false, ProgressVector.of(0, 0));
        while (true) {
            try {
                return writer.claim(request);
            } catch (IOException e) {
                // Others were faster, too often in a row, or the storage is away.
                failed.incrementAndGet();
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

    /** A few more records of one topic partition, in a file; in another, if the storage did not take it. */
    private Sealed read(ProgressVector at, Random random) {
        int partition = at.next(0) == records || (at.next(1) < records && random.nextBoolean()) ? 1 : 0;
        long until = Math.min(records, at.next(partition) + 1 + random.nextInt(5));
        while (true) {
            try {
                TableFiles files = new TableFiles(
                        table, COLUMNS, Compression.SNAPPY, 1 << 20, () -> "part-" + named.getAndIncrement(), () -> 0);
                for (long offset = at.next(partition); offset < until; offset++) {
                    files.write(DAY, new @Nullable Object[] {partition, offset, 0});
                }
                return new Sealed(at.with(partition, until), files.seal(), new TreeMap<>());
            } catch (IOException e) {
                failed.incrementAndGet();
            }
        }
    }
}
