package io.sightline.history.delta;

import io.delta.standalone.OptimisticTransaction;
import io.delta.standalone.VersionLog;
import io.delta.standalone.actions.Action;
import io.delta.standalone.actions.AddFile;
import io.delta.standalone.actions.CommitInfo;
import io.delta.standalone.actions.SetTransaction;
import io.sightline.history.ProgressVector;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Takes the rows of a table back to those of an earlier version, as a new version on top: nothing is lost by it, and it can be
 * taken back the same way. Columns that came since stay, empty.
 *
 * <p>It puts up a fence with a higher epoch, so that a job that still runs is refused at its next commit. What has been read of
 * the topic either goes back as well, and the job, started cold, reads from there again; or it stays, and what came in between
 * stays out of the table for good, which is the one way to break the invariant of {@link io.sightline.history}. The table is no longer
 * append-only afterwards, see {@link Retention}.
 */
public final class TableRestore {
    private static final String ACTION = "RESTORE";
    private static final long ABSENT = -1;

    private final TableFolder folder;
    private final OpenTable table;
    private final long version;
    private final LongSupplier clock;
    private final Map<String, Long> transactions = new HashMap<>();
    private SortedMap<String, Long> counters = new TreeMap<>();

    private TableRestore(TableFolder folder, OpenTable table, long version, LongSupplier clock) {
        this.folder = folder;
        this.table = table;
        this.version = version;
        this.clock = clock;
    }

    /**
     * Looks at the table, and changes nothing yet.
     *
     * @param clock milliseconds since 1970
     * @throws IOException if the storage does not answer
     * @throws io.sightline.history.HistoryException if there is no such version, or vacuum has taken a file of it
     */
    public static TableRestore plan(TableFolder folder, long version, LongSupplier clock) throws IOException {
        OpenTable table = OpenTable.open(folder);
        VersionList versions = VersionList.of(folder);
        if (!versions.contains(version)) {
            throw DeltaErrors.noVersion(folder, version, versions.oldest(), versions.newest());
        }
        TableRestore restore = new TableRestore(folder, table, version, clock);
        restore.readProgress(versions.oldest());
        restore.requireFiles(table.at(version).getAllFiles());
        return restore;
    }

    /**
     * The same, for a table beside another that goes back: to its newest version at which no more of the topic had been read
     * than there, or to its first if it was begun later.
     *
     * @param read how far the topic had been read at the version that the other goes back to
     */
    public static TableRestore planBeside(TableFolder folder, String topic, ProgressVector read, LongSupplier clock)
            throws IOException {
        OpenTable table = OpenTable.open(folder);
        long oldest = VersionList.of(folder).oldest();
        long newest = oldest;
        TableRestore passing = new TableRestore(folder, table, oldest, clock);
        for (Iterator<VersionLog> changes = table.changesFrom(oldest); changes.hasNext(); ) {
            VersionLog change = changes.next();
            change.getActions().forEach(passing::take);
            if (read.isAtLeast(passing.progress(topic))) {
                newest = change.getVersion();
            }
        }
        return plan(folder, newest, clock);
    }

    /** Every commit of a writer says all of it, so the last one before says what was true. */
    private void readProgress(long oldest) throws IOException {
        Iterator<VersionLog> changes = table.changesFrom(oldest);
        while (changes.hasNext()) {
            VersionLog change = changes.next();
            if (change.getVersion() > version) {
                return;
            }
            change.getActions().forEach(this::take);
        }
    }

    private void take(Action action) {
        if (action instanceof SetTransaction set) {
            transactions.put(set.getAppId(), set.getVersion());
        } else if (action instanceof CommitInfo info) {
            counters = info.getUserMetadata().flatMap(CommitNote::counters).orElse(counters);
        }
    }

    private void requireFiles(List<AddFile> files) throws IOException {
        for (AddFile file : files) {
            if (!folder.fileSystem().exists(folder.named(file.getPath()))) {
                throw DeltaErrors.vacuumedVersion(folder, version);
            }
        }
    }

    /** When a writer last committed, by that writer's clock; empty if none has. */
    public Optional<Instant> lastCommit() throws IOException {
        long millis = table.begin().txnVersion(DeltaTableLog.COMMITTED_AT);
        return millis == ABSENT ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    /**
     * How far the topic had been read at the version.
     *
     * @throws io.sightline.history.HistoryException if the log no longer says
     */
    public ProgressVector offsets(String topic) {
        ProgressVector offsets = progress(topic);
        if (offsets.size() == 0) {
            throw DeltaErrors.noOffsets(folder, version, topic);
        }
        return offsets;
    }

    private ProgressVector progress(String topic) {
        ProgressVector progress = ProgressVector.NONE;
        for (int partition = 0; ; partition++) {
            Long next = transactions.get(DeltaTableLog.offset(topic, partition));
            if (next == null) {
                return progress;
            }
            progress = progress.with(partition, next);
        }
    }

    /**
     * What was done.
     *
     * @param version the new one
     * @param filesAdded that are in the table again
     * @param filesRemoved that are no longer in it
     */
    public record Done(long version, int filesAdded, int filesRemoved) {}

    /**
     * Takes rows and offsets back.
     *
     * @return empty if another commit was in the way, and nothing was changed
     */
    public Optional<Done> rewind(String topic) throws IOException {
        return commit(Optional.of(topic));
    }

    /**
     * Takes the rows back, and leaves the offsets where they are.
     *
     * @return empty if another commit was in the way, and nothing was changed
     */
    public Optional<Done> keepOffsets() throws IOException {
        return commit(Optional.empty());
    }

    private Optional<Done> commit(Optional<String> rewound) throws IOException {
        Optional<ProgressVector> offsets = rewound.map(this::offsets);
        if (!Retention.endAppendOnly(table)) {
            return Optional.empty();
        }
        OptimisticTransaction begun = table.begin();
        // What is added or removed meanwhile would otherwise stay, or go, unseen.
        begun.readWholeTable();
        Map<String, AddFile> wanted = byPath(table.at(version).getAllFiles());
        Map<String, AddFile> present = byPath(table.base().getAllFiles());
        List<Action> actions = new ArrayList<>();
        present.forEach((path, file) -> {
            if (!wanted.containsKey(path)) {
                actions.add(file.remove());
            }
        });
        int removed = actions.size();
        wanted.forEach((path, file) -> {
            if (!present.containsKey(path)) {
                actions.add(OpenTable.again(file, true));
            }
        });
        int added = actions.size() - removed;
        fence(begun, actions);
        rewound.ifPresent(topic -> rewind(begun, topic, actions));
        CommitNote.Care note = new CommitNote.Care(
                ACTION,
                Map.of(
                        "numRemovedFiles", String.valueOf(removed),
                        "numAddedFiles", String.valueOf(added)),
                offsets.isPresent() ? counters : new TreeMap<>());
        OptionalLong made = table.commit(begun, actions, note);
        return made.isPresent() ? Optional.of(new Done(made.getAsLong(), added, removed)) : Optional.empty();
    }

    private static Map<String, AddFile> byPath(List<AddFile> files) {
        Map<String, AddFile> byPath = new LinkedHashMap<>();
        files.forEach(file -> byPath.put(file.getPath(), file));
        return byPath;
    }

    private void fence(OptimisticTransaction begun, List<Action> actions) {
        long epoch = begun.txnVersion(DeltaTableLog.FENCE);
        if (epoch != ABSENT) {
            begun.txnVersion(DeltaTableLog.COMMITTED_AT);
            actions.add(new SetTransaction(DeltaTableLog.FENCE, epoch + 1, Optional.empty()));
            actions.add(new SetTransaction(DeltaTableLog.COMMITTED_AT, clock.getAsLong(), Optional.empty()));
        }
    }

    /** Topic partitions that came since go back to their beginning: nothing of them is in the table any more. */
    private void rewind(OptimisticTransaction begun, String topic, List<Action> actions) {
        ProgressVector back = offsets(topic);
        for (int partition = 0; ; partition++) {
            String id = DeltaTableLog.offset(topic, partition);
            if (begun.txnVersion(id) == ABSENT) {
                return;
            }
            actions.add(new SetTransaction(id, back.next(partition), Optional.empty()));
        }
    }
}
