package io.sightline.history.delta;

import io.delta.standalone.DeltaLog;
import io.delta.standalone.Operation;
import io.delta.standalone.OptimisticTransaction;
import io.delta.standalone.Snapshot;
import io.delta.standalone.VersionLog;
import io.delta.standalone.actions.Action;
import io.delta.standalone.actions.AddFile;
import io.delta.standalone.actions.CommitInfo;
import io.delta.standalone.exceptions.DeltaConcurrentModificationException;
import io.delta.standalone.types.StructField;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.HistoryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * A table that exists, opened to be read or cared for. What writes rows goes through {@link DeltaTableLog}. Not thread-safe.
 */
final class OpenTable {
    static final String ENGINE = "Sightline";

    private final TableFolder folder;
    private final DeltaLog log;

    private OpenTable(TableFolder folder, DeltaLog log) {
        this.folder = folder;
        this.log = log;
    }

    /**
     * Opens a table and reads its newest version.
     *
     * @throws IOException if the storage does not answer
     * @throws HistoryException if there is no table, or none that this program can read
     */
    static OpenTable open(TableFolder folder) throws IOException {
        try {
            DeltaLog log = DeltaLog.forTable(folder.configuration(), folder.path());
            if (!log.tableExists()) {
                throw DeltaErrors.noTable(folder);
            }
            return new OpenTable(folder, log);
        } catch (HistoryException e) {
            throw e;
        } catch (Exception e) {
            throw DeltaErrors.onRead(folder, e);
        }
    }

    TableFolder folder() {
        return folder;
    }

    Snapshot newest() throws IOException {
        return read(log::update);
    }

    Snapshot at(long version) throws IOException {
        return read(() -> log.getSnapshotForVersionAsOf(version));
    }

    /** A commit on top of the newest version. */
    OptimisticTransaction begin() throws IOException {
        return read(log::startTransaction);
    }

    /** The version that what {@link #begin} began is on top of. */
    Snapshot base() {
        return log.snapshot();
    }

    /** What each version did, from this one on; one that is gone from the log is left out. */
    Iterator<VersionLog> changesFrom(long version) throws IOException {
        return read(() -> log.getChanges(version, false));
    }

    private interface Reading<T> {
        T get() throws Exception;
    }

    private <T> T read(Reading<T> reading) throws IOException {
        try {
            return reading.get();
        } catch (HistoryException e) {
            throw e;
        } catch (Exception e) {
            throw DeltaErrors.onRead(folder, e);
        }
    }

    /** The columns of the data files at this version: all of the table but the one it is partitioned by. */
    List<Column> columns(Snapshot snapshot) {
        return columns(snapshot, name -> true);
    }

    /** Those of them that are wanted; what another program has added may be of a type that no field has. */
    List<Column> columns(Snapshot snapshot, Predicate<String> isWanted) {
        List<Column> columns = new ArrayList<>();
        for (StructField field : snapshot.getMetadata().getSchema().getFields()) {
            if (!field.getName().equals(DeltaSchema.PARTITION.name()) && isWanted.test(field.getName())) {
                columns.add(new Column(field.getName(), type(field)));
            }
        }
        return columns;
    }

    /** All columns of the table at this version, that of the day last. */
    List<Column> columnsAndDay(Snapshot snapshot) {
        List<Column> columns = columns(snapshot);
        columns.add(DeltaSchema.PARTITION);
        return columns;
    }

    private FieldType type(StructField field) {
        String name = field.getDataType().getTypeName();
        return Arrays.stream(FieldType.values())
                .filter(type -> type.deltaType().equals(name))
                .findFirst()
                .orElseThrow(() -> DeltaErrors.foreignType(folder, field.getName(), name));
    }

    /**
     * Appends a version that does this. Whether it is there is looked up in the log whenever Delta threw: it does so also
     * for what goes wrong after it has written the version.
     *
     * @param note what to call it
     * @return the version; empty if the table is no longer as it was read, and nothing was appended
     * @throws IOException if it may be there or not
     */
    OptionalLong commit(OptimisticTransaction begun, List<? extends Action> actions, CommitNote.Care note)
            throws IOException {
        String id = UUID.randomUUID().toString();
        Operation operation = new Operation(
                Operation.Name.MANUAL_UPDATE, Map.of(), note.metrics(), Optional.of(CommitNote.of(note, id)));
        try {
            return OptionalLong.of(begun.commit(actions, operation, ENGINE).getVersion());
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            OptionalLong found = committedAs(id, begun.readVersion() + 1);
            if (found.isPresent() || e instanceof DeltaConcurrentModificationException) {
                return found;
            }
            throw DeltaErrors.onCommit(folder, note.action(), e);
        }
    }

    private OptionalLong committedAs(String id, long from) throws IOException {
        for (Iterator<VersionLog> changes = changesFrom(from); changes.hasNext(); ) {
            VersionLog version = changes.next();
            for (Action action : version.getActions()) {
                if (action instanceof CommitInfo info
                        && info.getUserMetadata()
                                .filter(text -> text.contains(id))
                                .isPresent()) {
                    return OptionalLong.of(version.getVersion());
                }
            }
        }
        return OptionalLong.empty();
    }

    /** The same file for another version of the log. */
    static AddFile again(AddFile file, boolean dataChange) {
        AddFile.Builder again = AddFile.builder(
                        file.getPath(),
                        file.getPartitionValues(),
                        file.getSize(),
                        file.getModificationTime(),
                        dataChange)
                .tags(file.getTags());
        return (file.getStats() == null ? again : again.stats(StatisticsText.quoted(file.getStats()))).build();
    }
}
