package io.sightline.enrich.imap;

import com.hazelcast.cluster.Address;
import com.hazelcast.jet.JetException;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.processor.Processors;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A vertex of its own, without edges, that keeps {@link ReferenceRefresh} running on one member while the job runs, on a
 * thread of its own. It never completes: a job over a bounded input goes without it.
 */
public final class ReferenceRefreshP extends AbstractProcessor {
    private static final long CLOSE_MILLIS = 5_000;

    private final List<ReferenceSource> sources;
    private @Nullable Thread thread;
    private volatile @Nullable Throwable failure;

    ReferenceRefreshP(List<ReferenceSource> sources) {
        this.sources = sources;
    }

    /** One processor in the cluster: beside the job's coordinator, which read the files first. Local parallelism 1. */
    public static ProcessorMetaSupplier metaSupplier(List<ReferenceSource> sources) {
        return new OnCoordinator(List.copyOf(sources));
    }

    @Override
    protected void init(Processor.Context context) {
        ReferenceRefresh refresh =
                new ReferenceRefresh(context.hazelcastInstance(), sources, Clock.systemUTC(), System::nanoTime);
        Thread started = new Thread(() -> stepUntilInterrupted(refresh), "sightline-reference-refresh");
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    private void stepUntilInterrupted(ReferenceRefresh refresh) {
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(refresh.step().toNanos());
            }
        } catch (InterruptedException end) {
            // closed
        } catch (Throwable e) {
            failure = e;
        }
    }

    @Override
    public boolean complete() {
        if (failure != null) {
            throw new JetException("reference data is no longer refreshed: " + failure, failure);
        }
        return false;
    }

    @Override
    public void close() throws InterruptedException {
        if (thread != null) {
            thread.interrupt();
            thread.join(CLOSE_MILLIS);
        }
    }

    private static final class OnCoordinator implements ProcessorMetaSupplier {
        private static final long serialVersionUID = 1;

        private final List<ReferenceSource> sources;
        private transient @Nullable Address coordinator;

        OnCoordinator(List<ReferenceSource> sources) {
            this.sources = sources;
        }

        @Override
        public int preferredLocalParallelism() {
            return 1;
        }

        @Override
        public void init(ProcessorMetaSupplier.Context context) {
            coordinator =
                    context.hazelcastInstance().getCluster().getLocalMember().getAddress();
        }

        @Override
        public Function<? super Address, ? extends ProcessorSupplier> get(List<Address> addresses) {
            Address chosen = coordinator != null && addresses.contains(coordinator) ? coordinator : addresses.get(0);
            List<ReferenceSource> toRefresh = sources;
            return address -> address.equals(chosen)
                    ? ProcessorSupplier.of(() -> new ReferenceRefreshP(toRefresh))
                    : ProcessorSupplier.of(Processors.noopP());
        }
    }
}
