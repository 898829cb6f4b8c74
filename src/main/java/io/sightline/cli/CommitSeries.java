package io.sightline.cli;

import io.sightline.event.Event;
import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.EventRows;
import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import io.sightline.history.Settlement;
import io.sightline.history.Settlement.Committed;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.delta.TableFiles;
import io.sightline.history.delta.TableFolder;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** Commits to a new table one after another, as a job does: one file each, and every topic partition's offset. */
final class CommitSeries {
    private static final int ROWS_A_COMMIT = 500;
    private static final long ROLL_BYTES = 128 << 20;

    private final EventRows rows;
    private final List<Event> events;
    private final TableFiles files;
    private final TableWriter writer;
    private final Claim claim;
    private ProgressVector at;

    /** Makes the table, which is at version 0 then. */
    CommitSeries(PipelineSpec pipeline, BenchRows source, int topicPartitions, TableFolder folder) throws IOException {
        rows = new EventRows(pipeline);
        events = source.next(ROWS_A_COMMIT);
        files = files(rows, folder, Compression.SNAPPY);
        writer = new TableWriter(
                new DeltaTableLog(folder, pipeline.source().topic(), rows.columns()), System::currentTimeMillis);
        claim = writer.claim(new ClaimRequest(
                new WriterIdentity("bench", pipeline.name()),
                Duration.ofSeconds(5),
                false,
                ProgressVector.of(new long[topicPartitions])));
        at = claim.at();
    }

    /** The writer of one member. */
    static TableFiles files(EventRows rows, TableFolder folder, Compression compression) {
        return new TableFiles(
                folder,
                rows.columns(),
                compression,
                ROLL_BYTES,
                () -> "part-" + UUID.randomUUID(),
                System::currentTimeMillis);
    }

    /** Writes a file, which is not measured. */
    PreparedCommit prepare() throws IOException {
        for (Event event : events) {
            rows.take(event, files::write);
        }
        ProgressVector to = at;
        for (int partition = 0; partition < at.size(); partition++) {
            to = to.with(partition, at.next(partition) + ROWS_A_COMMIT);
        }
        return new PreparedCommit(at, to, files.seal(), new TreeMap<>());
    }

    /** Makes it visible, and gives the table version. */
    long commit(PreparedCommit prepared) {
        Settlement settlement = writer.settle(claim.fence(), prepared);
        if (settlement instanceof Committed committed) {
            at = committed.at();
            return committed.version();
        }
        throw new Failure(Sightline.FAILED, "a commit that nobody hinders was not made: " + settlement);
    }
}
