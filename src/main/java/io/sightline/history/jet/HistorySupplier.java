package io.sightline.history.jet;

import static java.util.Objects.requireNonNull;

import com.hazelcast.cluster.Address;
import com.hazelcast.function.SupplierEx;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.history.Claim;
import io.sightline.history.HistoryRows;
import io.sightline.history.ProgressVector;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the writers, or the committer, of a table in one execution, and claims the table once for both on the coordinator. A
 * table that refuses the writer fails the job; a storage that is away restarts it.
 */
public final class HistorySupplier implements ProcessorMetaSupplier {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(HistorySupplier.class);

    private final HistoryTable table;
    private final CommitListener.Source listeners;
    private final Making making;

    private transient long executionId;
    private transient @Nullable Claim claim;

    /** Makes a processor on a member. */
    private interface Making extends Serializable {
        Processor make(HistoryTable table, Claim claim);
    }

    private HistorySupplier(HistoryTable table, CommitListener.Source listeners, Making making) {
        this.table = table;
        this.listeners = listeners;
        this.making = making;
    }

    /**
     * Writers: items in, {@link SealedFiles} out, to be partitioned by {@link #committerKey}.
     *
     * @param rows makes rows of the items; asked once a writer
     * @param listeners tell how it goes
     */
    public static ProcessorMetaSupplier writers(
            HistoryTable table, SupplierEx<? extends HistoryRows<?>> rows, CommitListener.Source listeners) {
        return new HistorySupplier(
                table,
                listeners,
                (own, claim) ->
                        new HistoryWriterP<>(rows.get(), own.files(claim), claim.at(), listeners, System::nanoTime));
    }

    /** The committer: see {@link HistoryCommitterP} for its edges, all partitioned by {@link #committerKey}. */
    public static ProcessorMetaSupplier committer(
            HistoryTable table, ProgressVector start, CommitListener.Source listeners) {
        return new HistorySupplier(
                table,
                listeners,
                (own, claim) -> new HistoryCommitterP(
                        own.tableWriter(), claim, start, own.isOfEvents(), listeners, System::nanoTime));
    }

    /**
     * A table to be cared for.
     *
     * @param listener is told how many of its files wait for that
     */
    public record Cared(HistoryTable table, CommitListener.Source listener) implements Serializable {}

    /** What keeps the tables fit beside them; has no edges. */
    public static ProcessorMetaSupplier care(List<Cared> tables) {
        return HistoryCareP.metaSupplier(tables);
    }

    /** The key by which every edge to the committer is partitioned. */
    public static String committerKey() {
        return HistoryCommitterP.KEY;
    }

    @Override
    public int preferredLocalParallelism() {
        return 1;
    }

    @Override
    public boolean initIsCooperative() {
        return false;
    }

    @Override
    public void init(Context context) {
        executionId = context.executionId();
        String cluster = context.hazelcastInstance().getConfig().getClusterName();
        try {
            // Whoever takes a table over does so when he plans the start. An execution that starts again, perhaps long
            // after,
            // may find that it has been lost since, and must not take it back by itself.
            claim = ExecutionClaims.of(executionId, table.name(), () -> table.claimAgain(cluster));
        } catch (IOException e) {
            // Jet restarts the job without a word about why.
            LOG.atWarn()
                    .addKeyValue("table", table.folder())
                    .addKeyValue("why", e.getMessage())
                    .log("history cannot be claimed; the job starts again");
            listeners.apply(context.hazelcastInstance()).stalled(String.valueOf(e.getMessage()));
            throw new RestartableException(
                    "the history table at " + table.folder() + " cannot be claimed: " + e.getMessage(), e);
        }
    }

    @Override
    public Function<? super Address, ? extends ProcessorSupplier> get(List<Address> addresses) {
        Claim own = requireNonNull(claim);
        return address -> new OnMember(table, own, making);
    }

    @Override
    public boolean closeIsCooperative() {
        return true;
    }

    @Override
    public void close(@Nullable Throwable error) {
        ExecutionClaims.forget(executionId);
    }

    private record OnMember(HistoryTable table, Claim claim, Making making) implements ProcessorSupplier {
        @Override
        public Collection<? extends Processor> get(int count) {
            return Stream.generate(() -> making.make(table, claim)).limit(count).toList();
        }
    }
}
