package io.sightline.history.delta;

import io.delta.standalone.DeltaLog;
import io.delta.standalone.Operation;
import io.delta.standalone.OptimisticTransaction;
import io.delta.standalone.actions.Action;
import io.delta.standalone.actions.AddFile;
import io.delta.standalone.actions.Metadata;
import io.delta.standalone.actions.SetTransaction;
import io.delta.standalone.exceptions.DeltaConcurrentModificationException;
import io.delta.standalone.exceptions.DeltaStandaloneException;
import io.delta.standalone.types.StructType;
import io.delta.storage.LogStore;
import io.sightline.event.Column;
import io.sightline.history.DataFile;
import io.sightline.history.Fence;
import io.sightline.history.HistoryException;
import io.sightline.history.Outcome;
import io.sightline.history.Outcome.Committed;
import io.sightline.history.Outcome.Conflict;
import io.sightline.history.Outcome.Rejected;
import io.sightline.history.Outcome.Retryable;
import io.sightline.history.Outcome.Unknown;
import io.sightline.history.ProgressVector;
import io.sightline.history.TableChange;
import io.sightline.history.TableLog;
import io.sightline.history.TableState;
import io.sightline.history.WriterIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The log of a Delta table: reader version 1, writer version 2, no table features, partitioned by {@code event_date}.
 *
 * <p>What the protocol needs stands in the log as application transactions, which Delta keeps through checkpoints and compares
 * when two commits meet, provided that a commit <em>read</em> each of those it writes; so all of them are read, always:
 *
 * <ul>
 *   <li>{@code sightline/next_offset/TOPIC/PARTITION}: the vector, one a topic partition;
 *   <li>{@code sightline/fence}: the epoch; the holder's name is the table property {@code sightline.writer}, which changes
 *       with it;
 *   <li>{@code sightline/committed_at}: the writer's clock, milliseconds since 1970.
 * </ul>
 *
 * <p>Columns that the table lacks are added with the next append on top of what was read. Most appends are on top of the one
 * before, which costs no reading: see {@link OwnVersion}. Not thread-safe.
 */
public final class DeltaTableLog implements TableLog {
    static final String FENCE = "sightline/fence";
    static final String COMMITTED_AT = "sightline/committed_at";
    static final String WRITER = "sightline.writer";
    private static final String CHECKPOINT_INTERVAL = "delta.checkpointInterval";
    private static final long DEFAULT_CHECKPOINT_INTERVAL = 10;
    private static final long ABSENT = -1;

    /** Never among them: delta.setTransactionRetentionDuration, which would let the vector expire. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "delta.appendOnly",
            "true",
            // A checkpoint has a row for each file and each that was compacted in a week, and is written by one of so
            // many commits;
            // the others do not read it.
            CHECKPOINT_INTERVAL,
            "25",
            "delta.logRetentionDuration",
            "interval 7 days",
            "delta.deletedFileRetentionDuration",
            "interval 7 days");

    private final TableFolder folder;
    private final String topic;
    private final DeltaSchema schema;
    private final Map<String, String> properties;
    private @Nullable DeltaLog log;
    /** What the last read began; the append on top of it ends it. */
    private @Nullable OptimisticTransaction transaction;

    private TableState read = TableState.NO_TABLE;
    /** What the last append made; null if it made nothing, or the table has been read since. */
    private @Nullable OwnVersion own;

    private @Nullable LogStore store;
    private long checkpointInterval = DEFAULT_CHECKPOINT_INTERVAL;
    /** The newest version whose note is known, and its counters. */
    private long notedVersion = TableState.NO_VERSION;

    private SortedMap<String, Long> noted = new TreeMap<>();

    /**
     * @param topic the topic whose events are in the table
     * @param columns of the files, in order; all nullable, and none named {@code event_date}
     */
    public DeltaTableLog(TableFolder folder, String topic, List<Column> columns) {
        this(folder, topic, columns, Map.of());
    }

    /** @param properties of the table, which it has from the next append on */
    public DeltaTableLog(TableFolder folder, String topic, List<Column> columns, Map<String, String> properties) {
        this.folder = folder;
        this.topic = topic;
        this.schema = new DeltaSchema(columns);
        this.properties = Map.copyOf(properties);
    }

    /** What a change says of progress and fence, as application transactions: their ids and values. */
    static Map<String, Long> transactions(String topic, TableChange change) {
        Map<String, Long> transactions = new LinkedHashMap<>();
        ProgressVector progress = change.progress();
        for (int partition = 0; partition < progress.size(); partition++) {
            transactions.put(offset(topic, partition), progress.next(partition));
        }
        transactions.put(FENCE, change.fence().epoch());
        transactions.put(COMMITTED_AT, change.committedAtMillis());
        return transactions;
    }

    /** The application transaction that holds the next offset of a topic partition. */
    static String offset(String topic, int partition) {
        return "sightline/next_offset/" + topic + "/" + partition;
    }

    @Override
    public TableState read() throws IOException {
        OwnVersion last = own;
        transaction = null;
        own = null;
        try {
            if (last != null) {
                isThere(last);
            }
            OptimisticTransaction begun = begin();
            read = state(begun);
            transaction = begun;
            own = last != null && read.equals(last.state()) ? last : null;
            return read;
        } catch (HistoryException e) {
            throw e;
        } catch (Exception e) {
            throw DeltaErrors.onRead(folder, e);
        }
    }

    /**
     * The files of the newest version.
     *
     * @throws IOException if the storage does not answer; worth a retry
     */
    public VersionFiles files() throws IOException {
        try {
            return new VersionFiles(folder, opened().update().getAllFiles());
        } catch (Exception e) {
            throw DeltaErrors.onRead(folder, e);
        }
    }

    /**
     * A property of the newest version; null if it has none such, or there is no table.
     *
     * @throws IOException if the storage does not answer; worth a retry
     */
    public @Nullable String property(String name) throws IOException {
        try {
            return opened().update().getMetadata().getConfiguration().get(name);
        } catch (Exception e) {
            throw DeltaErrors.onRead(folder, e);
        }
    }

    private DeltaLog opened() {
        if (log == null) {
            log = DeltaLog.forTable(folder.configuration(), folder.path());
        }
        return log;
    }

    private OptimisticTransaction begin() {
        return opened().startTransaction();
    }

    private TableState state(OptimisticTransaction begun) {
        long version = begun.readVersion();
        if (version < 0) {
            return TableState.NO_TABLE;
        }
        schema.addedTo(begun.metadata().getSchema());
        if (!begun.metadata().getPartitionColumns().equals(List.of(DeltaSchema.PARTITION.name()))) {
            throw DeltaErrors.otherPartitioning(folder, begun.metadata().getPartitionColumns());
        }
        long epoch = begun.txnVersion(FENCE);
        WriterIdentity holder = Optional.ofNullable(
                        begun.metadata().getConfiguration().get(WRITER))
                .flatMap(WriterIdentity::parse)
                .orElse(null);
        ProgressVector progress = progress(begun);
        if (epoch == ABSENT || holder == null) {
            throw DeltaErrors.notOurs(folder);
        }
        if (progress.size() == 0) {
            throw DeltaErrors.otherTopic(folder, offset(topic, 0));
        }
        return new TableState(
                version, progress, new Fence(epoch, holder), begun.txnVersion(COMMITTED_AT), counters(version));
    }

    /** Topic partitions are numbered without a gap, so the first that is absent ends them. */
    private ProgressVector progress(OptimisticTransaction begun) {
        ProgressVector progress = ProgressVector.NONE;
        for (int partition = 0; ; partition++) {
            long next = begun.txnVersion(offset(topic, partition));
            if (next == ABSENT) {
                return progress;
            }
            progress = progress.with(partition, next);
        }
    }

    /** Those of the newest version that has any: other programs' commits bring none. */
    private SortedMap<String, Long> counters(long version) {
        for (long earlier = version; earlier > notedVersion && log != null; earlier--) {
            Optional<SortedMap<String, Long>> found;
            try {
                found = log.getCommitInfoAt(earlier).getUserMetadata().flatMap(CommitNote::counters);
            } catch (DeltaStandaloneException | IllegalArgumentException e) {
                // Its text is gone: the log keeps versions for a time only.
                break;
            }
            if (found.isPresent()) {
                noted = found.get();
                break;
            }
        }
        notedVersion = version;
        return noted;
    }

    @Override
    public Outcome append(TableState onto, TableChange change) {
        OptimisticTransaction begun = transaction;
        OwnVersion last = own;
        transaction = null;
        own = null;
        try {
            requireNotVacuumed(change);
            if (begun != null && onto.equals(read)) {
                return append(begun, change);
            }
            if (last != null && onto.equals(last.state())) {
                return append(last, change);
            }
            return new Conflict("the table was not read just before");
        } catch (HistoryException e) {
            return new Rejected(String.valueOf(e.getMessage()));
        } catch (IOException | UncheckedIOException e) {
            return new Retryable(DeltaErrors.firstLine(e));
        }
    }

    private Outcome append(OptimisticTransaction begun, TableChange change) {
        changeMetadata(begun, change.fence().holder());
        checkpointInterval = Optional.ofNullable(
                        begun.metadata().getConfiguration().get(CHECKPOINT_INTERVAL))
                // Another program may have put anything there; Delta will say so.
                .filter(interval -> interval.matches("[1-9][0-9]{0,8}"))
                .map(Long::parseLong)
                .orElse(DEFAULT_CHECKPOINT_INTERVAL);
        List<Action> actions = new ArrayList<>();
        transactions(topic, change).forEach((id, value) -> actions.add(set(begun, id, value)));
        change.files().forEach(file -> actions.add(add(file, true)));
        Operation operation = new Operation(
                begun.readVersion() < 0 ? Operation.Name.CREATE_TABLE : Operation.Name.STREAMING_UPDATE,
                Map.of(),
                CommitNote.metrics(change),
                Optional.of(CommitNote.of(change)));
        return append(
                change, () -> begun.commit(actions, operation, OpenTable.ENGINE).getVersion());
    }

    /** Checkpoints are Delta's: the commit that is due to write one is for it to make. */
    private Outcome append(OwnVersion last, TableChange change) throws IOException {
        if (last.next() % checkpointInterval == 0) {
            return new Conflict("version " + last.next() + " has a checkpoint, for which the table is read");
        }
        if (!isThere(last)) {
            return new Conflict("version " + last.state().version() + " is not the one that was written");
        }
        List<String> lines = VersionText.of(last.state().version(), change, topic);
        Outcome outcome = append(change, () -> {
            last.append(lines, logStore());
            return last.next();
        });
        if (outcome instanceof Conflict) {
            OwnVersion passed = last.passed(logStore());
            return passed == null ? outcome : append(passed, change);
        }
        return outcome;
    }

    /** If not, all that is known of the log is of another: Delta would take one with as many versions for the same. */
    private boolean isThere(OwnVersion last) throws IOException {
        boolean there = false;
        try {
            there = last.isThere();
        } finally {
            if (!there) {
                log = null;
            }
        }
        return there;
    }

    private interface Writing {
        long version() throws Exception;
    }

    private Outcome append(TableChange change, Writing writing) {
        long version;
        try {
            version = writing.version();
        } catch (DeltaConcurrentModificationException | FileAlreadyExistsException e) {
            return new Conflict(DeltaErrors.firstLine(e));
        } catch (UnsupportedOperationException e) {
            return new Rejected(DeltaErrors.noHardLinks(folder));
        } catch (Exception e) {
            // Delta throws also for what goes wrong after it has written the version.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return new Unknown(DeltaErrors.firstLine(e));
        }
        notedVersion = version;
        noted = change.counters();
        own = OwnVersion.of(folder, change.leaves(version));
        return new Committed(version);
    }

    private LogStore logStore() {
        if (store == null) {
            store = folder.logStore();
        }
        return store;
    }

    /** Files prepared long ago, as by a job that was suspended since, may have been taken for left over. */
    private void requireNotVacuumed(TableChange change) throws IOException {
        for (DataFile file : change.files()) {
            Duration age = Duration.ofMillis(change.committedAtMillis() - file.modifiedAtMillis());
            // Half of it, since vacuum goes by another clock.
            if (age.multipliedBy(2).compareTo(Vacuum.SHORTEST) > 0
                    && !folder.fileSystem().exists(folder.resolve(file.path()))) {
                throw DeltaErrors.vacuumed(folder, file.path(), age);
            }
        }
    }

    private void changeMetadata(OptimisticTransaction begun, WriterIdentity holder) {
        if (begun.readVersion() < 0) {
            begun.updateMetadata(Metadata.builder()
                    .schema(schema.declared())
                    .partitionColumns(List.of(DeltaSchema.PARTITION.name()))
                    .configuration(on(PROPERTIES, holder))
                    .build());
            return;
        }
        Metadata present = begun.metadata();
        StructType columns = schema.addedTo(present.getSchema());
        Map<String, String> changed = on(present.getConfiguration(), holder);
        boolean grows = !columns.equals(present.getSchema());
        if (grows || !changed.equals(present.getConfiguration())) {
            begun.updateMetadata(
                    present.copyBuilder().schema(columns).configuration(changed).build());
        }
    }

    private Map<String, String> on(Map<String, String> present, WriterIdentity holder) {
        Map<String, String> changed = new HashMap<>(present);
        changed.putAll(properties);
        changed.put(WRITER, holder.toString());
        return changed;
    }

    private static SetTransaction set(OptimisticTransaction begun, String applicationId, long value) {
        // Read, so that Delta compares it: for one that is new no state has been read yet.
        begun.txnVersion(applicationId);
        return new SetTransaction(applicationId, value, Optional.empty());
    }

    /** @param dataChange whether its rows are new to the table, and not only written anew */
    static AddFile add(DataFile file, boolean dataChange) {
        return AddFile.builder(
                        file.path(),
                        Map.of(DeltaSchema.PARTITION.name(), file.date().toString()),
                        file.bytes(),
                        file.modifiedAtMillis(),
                        dataChange)
                .stats(StatisticsText.quoted(file))
                .build();
    }
}
