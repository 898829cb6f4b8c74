package io.sightline.history.delta;

import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a table fit while it is written: compacts small files, drops old days, deletes files that nobody needs. Blocking, for
 * minutes where much is due; not thread-safe. To be called now and then, from one place; a second one, or another program that
 * does the same, costs work done in vain and nothing else.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>The rows of the table change by whole days that are older than {@code keep}, and by nothing else.
 *   <li>What the log says of progress (vector, fence, counters) does not change.
 *   <li>A file is deleted only when the log provably does not need it: no version that was the newest within the retention names
 *       it, and it is too old to be one that is yet to be committed.
 *   <li>The writer is never refused because of it: its commits need no file that this removes. They meet at most in a change of
 *       table properties, and then the writer looks again.
 *   <li>A commit of another program that touched the same files wins, whatever it was.
 * </ol>
 *
 * <h2>Crash table</h2>
 *
 * <table>
 * <caption>What a death leaves, and what becomes of it</caption>
 * <tr><th>died after</th><th>found</th><th>done</th></tr>
 * <tr><td>writing files, all or some</td><td>the table as before; files that nobody names</td><td>the next call writes its own;
 *     vacuum takes these once they are old</td></tr>
 * <tr><td>the commit of a compaction, with or without an answer</td><td>either the old files or the new ones, with the same
 *     rows</td><td>nothing; vacuum takes the old files once no version within the retention names them</td></tr>
 * <tr><td>ending the append-only promise</td><td>no row gone yet</td><td>the next call drops</td></tr>
 * <tr><td>the commit that drops days, with or without an answer</td><td>all of the days' files, or none</td><td>the next call
 *     drops what is there</td></tr>
 * <tr><td>deleting some files</td><td>others that nobody needs</td><td>the next vacuum takes them</td></tr>
 * </table>
 *
 * Proved by {@code TableCareTest}, {@code TableCareRaceTest} and {@code TableCareKillIT}.
 */
public final class TableCare {
    private static final Duration BETWEEN_VACUUMS = Duration.ofDays(1);

    private final TableFolder folder;
    private final Compression compression;
    private final @Nullable Duration keep;
    private final long targetBytes;
    private final LongSupplier clock;
    private final Runnable rest;
    private Instant nextVacuum = Instant.MIN;

    /**
     * Care of a table, which need not exist yet.
     *
     * @param keep how long a day stays in the table after it has ended; null for ever
     * @param clock milliseconds since 1970
     */
    public TableCare(TableFolder folder, Compression compression, @Nullable Duration keep, LongSupplier clock) {
        this(folder, compression, keep, clock, Compaction.TARGET_BYTES);
    }

    /** The same on a thread beside a job, which compacts for a quarter of the time. */
    public TableCare unhurried() {
        return new TableCare(
                folder, compression, keep, clock, targetBytes, new Unhurried(System::nanoTime, LockSupport::parkNanos));
    }

    TableCare(
            TableFolder folder,
            Compression compression,
            @Nullable Duration keep,
            LongSupplier clock,
            long targetBytes) {
        this(folder, compression, keep, clock, targetBytes, () -> {});
    }

    private TableCare(
            TableFolder folder,
            Compression compression,
            @Nullable Duration keep,
            LongSupplier clock,
            long targetBytes,
            Runnable rest) {
        this.folder = folder;
        this.compression = compression;
        this.keep = keep;
        this.clock = clock;
        this.targetBytes = targetBytes;
        this.rest = rest;
    }

    /**
     * What one call did.
     *
     * @param filesCompacted how many small files were replaced
     * @param filesWritten by how many
     * @param rowsRewritten in them
     * @param daysDropped that were older than {@code keep}, oldest first
     * @param filesDropped of those days
     * @param filesDeleted from storage
     * @param bytesDeleted with them
     * @param conflicts how often another commit was in the way; what it kept from being done is done the next time
     */
    public record Figures(
            int filesCompacted,
            int filesWritten,
            long rowsRewritten,
            List<LocalDate> daysDropped,
            int filesDropped,
            int filesDeleted,
            long bytesDeleted,
            int conflicts) {
        public Figures {
            daysDropped = List.copyOf(daysDropped);
        }
    }

    /**
     * Does what is due by now: drops days first, so that nothing is compacted in vain; vacuums once a day; compacts last,
     * since that alone needs room.
     *
     * @throws IOException if the storage does not answer or has no room; worth a retry later, nothing is lost
     * @throws io.sightline.history.HistoryException if there is no table, or one that cannot be cared for so
     */
    public Figures care(Instant now) throws IOException {
        OpenTable table = OpenTable.open(folder);
        Retention.Done dropped = drop(table, now);
        Vacuum.Done deleted = new Vacuum.Done(0, 0, 0);
        if (!now.isBefore(nextVacuum)) {
            deleted = new Vacuum(table).run(notAhead(now));
            nextVacuum = now.plus(BETWEEN_VACUUMS);
        }
        Compaction.Done compacted = compaction(table).run(false);
        return figures(dropped, compacted, deleted);
    }

    /** How many small files there are, worth compacting or not. */
    public int filesWaiting() throws IOException {
        return compaction(OpenTable.open(folder)).waiting();
    }

    /** Compacts all that can be compacted, worth it or not. */
    public Figures compact() throws IOException {
        Compaction.Done compacted = compaction(OpenTable.open(folder)).run(true);
        return figures(Retention.Done.NOTHING, compacted, new Vacuum.Done(0, 0, 0));
    }

    /** Deletes the files that nobody needs. */
    public Figures vacuum(Instant now) throws IOException {
        Vacuum.Done deleted = new Vacuum(OpenTable.open(folder)).run(notAhead(now));
        return figures(Retention.Done.NOTHING, Compaction.Done.NOTHING, deleted);
    }

    private Retention.Done drop(OpenTable table, Instant now) throws IOException {
        if (keep == null) {
            return Retention.Done.NOTHING;
        }
        Retention retention = new Retention(table, keep);
        return retention.isDue(now) ? retention.run(notAhead(now)) : Retention.Done.NOTHING;
    }

    private Compaction compaction(OpenTable table) {
        FileRewrite rewrite = new FileRewrite(folder, compression, () -> "part-c-" + UUID.randomUUID(), clock, rest);
        return new Compaction(table, rewrite, targetBytes);
    }

    private static Figures figures(Retention.Done dropped, Compaction.Done compacted, Vacuum.Done deleted) {
        return new Figures(
                compacted.filesBefore(),
                compacted.filesAfter(),
                compacted.rows(),
                dropped.days(),
                dropped.files(),
                deleted.files(),
                deleted.bytes(),
                dropped.conflicts() + compacted.conflicts());
    }

    /** What is told now, or the storage's own time if that is earlier: a clock that is ahead must not make files old. */
    private Instant notAhead(Instant now) throws IOException {
        FileSystem storage = folder.fileSystem();
        Path probe = new Path(folder.path(), "_sightline-clock-" + UUID.randomUUID());
        try {
            try (OutputStream empty = storage.create(probe)) {
                empty.flush();
            }
            Instant there = Instant.ofEpochMilli(storage.getFileStatus(probe).getModificationTime());
            return there.isBefore(now) ? there : now;
        } finally {
            storage.delete(probe, false);
        }
    }
}
