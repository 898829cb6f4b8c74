package io.sightline.history.jet;

import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.history.HistoryException;
import io.sightline.history.delta.TableCare;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final List<HistoryTable> tables;
    private final Supplier<Instant> clock;
    /** By table: each knows when it was last vacuumed. */
    private final Map<String, TableCare> cares = new HashMap<>();

    private @Nullable Thread thread;

    /** @param clock tells now */
    private HistoryCareP(List<HistoryTable> tables, Supplier<Instant> clock) {
        this.tables = tables;
        this.clock = clock;
    }

    static ProcessorMetaSupplier metaSupplier(List<HistoryTable> tables) {
        return ProcessorMetaSupplier.of(
                1, ProcessorSupplier.of(() -> new HistoryCareP(tables, Clock.systemUTC()::instant)));
    }

    @Override
    protected void init(Context context) {
        if (context.globalProcessorIndex() == 0) {
            Thread made = new Thread(this::careAgainAndAgain, "sightline-history-care");
            made.setDaemon(true);
            made.start();
            thread = made;
        }
    }

    private void careAgainAndAgain() {
        try {
            while (true) {
                TimeUnit.MINUTES.sleep(MINUTES_BETWEEN);
                tables.forEach(this::care);
            }
        } catch (InterruptedException e) {
            // The job has ended.
            Thread.currentThread().interrupt();
        }
    }

    private void care(HistoryTable table) {
        try {
            TableCare.Figures done =
                    cares.computeIfAbsent(table.name(), name -> table.care()).care(clock.get());
            LOG.info("history is cared for: table={} {}", table.name(), done);
        } catch (IOException | HistoryException e) {
            LOG.warn(
                    "history cannot be cared for now, which costs its readers time and nothing else: table={} {}",
                    table.name(),
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("history cannot be cared for now: table={}", table.name(), e);
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
