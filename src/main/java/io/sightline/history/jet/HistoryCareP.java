package io.sightline.history.jet;

import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.history.HistoryException;
import io.sightline.history.delta.TableCare;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cares for the tables while the job writes them, on a thread of its own: of all these one in the cluster, wherever the
 * job's execution has put it. What goes wrong is logged and tried again the next time; the job goes on.
 */
final class HistoryCareP extends AbstractProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryCareP.class);
    private static final long MINUTES_BETWEEN = 5;

    private final List<HistorySupplier.Cared> tables;
    private final Supplier<Instant> clock;
    private @Nullable Thread thread;

    /** @param clock tells now */
    private HistoryCareP(List<HistorySupplier.Cared> tables, Supplier<Instant> clock) {
        this.tables = tables;
        this.clock = clock;
    }

    static ProcessorMetaSupplier metaSupplier(List<HistorySupplier.Cared> tables) {
        return ProcessorMetaSupplier.of(
                1, ProcessorSupplier.of(() -> new HistoryCareP(tables, Clock.systemUTC()::instant)));
    }

    @Override
    protected void init(Context context) {
        if (context.globalProcessorIndex() == 0) {
            List<Work> work = tables.stream()
                    .map(cared -> new Work(
                            cared.table().name(),
                            cared.table().care(),
                            cared.listener().apply(context.hazelcastInstance())))
                    .toList();
            Thread made = new Thread(() -> careAgainAndAgain(work), "sightline-history-care");
            made.setDaemon(true);
            made.start();
            thread = made;
        }
    }

    private record Work(String table, TableCare care, CommitListener listener) {}

    private void careAgainAndAgain(List<Work> tables) {
        try {
            while (true) {
                tables.forEach(HistoryCareP::report);
                TimeUnit.MINUTES.sleep(MINUTES_BETWEEN);
                tables.forEach(this::care);
            }
        } catch (InterruptedException e) {
            // The job has ended.
            Thread.currentThread().interrupt();
        }
    }

    private void care(Work table) {
        try {
            TableCare.Figures done = table.care().care(clock.get());
            LOG.atInfo()
                    .addKeyValue("table", table.table())
                    .addKeyValue("done", done)
                    .log("history is cared for");
        } catch (IOException | HistoryException e) {
            LOG.atWarn()
                    .addKeyValue("table", table.table())
                    .addKeyValue("why", e.getMessage())
                    .log("history cannot be cared for now, which costs its readers time and nothing else");
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("table", table.table()).setCause(e).log("history cannot be cared for now");
        }
    }

    private static void report(Work table) {
        try {
            table.listener().cared(table.care().filesWaiting());
        } catch (IOException | RuntimeException e) {
            // There is no table yet, or care has said what is wrong, or the member is on its way down.
            LOG.debug("the files of a table cannot be counted", e);
        }
    }

    @Override
    public boolean complete() {
        return false;
    }

    /** Ends what is under way where it stands; the next one finds it as after a crash. */
    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
