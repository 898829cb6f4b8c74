package io.sightline.rollup.imap;

import static java.util.Objects.requireNonNull;

import com.hazelcast.cluster.Address;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.event.imap.PassingFailures;
import io.sightline.rollup.AccumulatorBound;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the {@link RollupP} of an execution; asks for its number, if it has one, once, on the coordinator. */
final class RollupSupplier implements ProcessorMetaSupplier {
    private static final long serialVersionUID = 1;

    private final RollupSpec rollup;
    private final PipelineSpec pipeline;
    private final String mapName;
    private final long accumulatorLimit;
    private final @Nullable StateHandOver handOver;
    private final boolean numbered;
    private transient @Nullable StartNumber start;

    RollupSupplier(
            RollupSpec rollup,
            PipelineSpec pipeline,
            String mapName,
            long accumulatorLimit,
            @Nullable StateHandOver handOver,
            boolean numbered) {
        this.rollup = rollup;
        this.pipeline = pipeline;
        this.mapName = mapName;
        this.accumulatorLimit = accumulatorLimit;
        this.handOver = handOver;
        this.numbered = numbered;
    }

    @Override
    public void init(Context context) {
        String executed = pipeline.name() + "/" + rollup.name();
        HazelcastInstance hazelcast = context.hazelcastInstance();
        try {
            start = numbered
                    ? StartNumbers.next(hazelcast, executed, context.jobId())
                    : StartNumbers.next(hazelcast, executed + "/rebuilt", context.jobId())
                            .beforeAll();
        } catch (RuntimeException e) {
            throw PassingFailures.atStart(e);
        }
    }

    @Override
    public Function<? super Address, ? extends ProcessorSupplier> get(List<Address> addresses) {
        StartNumber number = requireNonNull(start);
        return address -> new OnMember(rollup, pipeline, mapName, number, accumulatorLimit, handOver);
    }

    /** The processors of one member, and what they share. */
    private static final class OnMember implements ProcessorSupplier {
        private static final long serialVersionUID = 1;

        private final RollupSpec rollup;
        private final PipelineSpec pipeline;
        private final String mapName;
        private final StartNumber start;
        private final long accumulatorLimit;
        private final @Nullable StateHandOver handOver;
        private transient @Nullable ExecutorService blocking;

        OnMember(
                RollupSpec rollup,
                PipelineSpec pipeline,
                String mapName,
                StartNumber start,
                long accumulatorLimit,
                @Nullable StateHandOver handOver) {
            this.rollup = rollup;
            this.pipeline = pipeline;
            this.mapName = mapName;
            this.start = start;
            this.accumulatorLimit = accumulatorLimit;
            this.handOver = handOver;
        }

        @Override
        public Collection<? extends Processor> get(int count) {
            AccumulatorBound bound = new AccumulatorBound(accumulatorLimit);
            ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
                Thread thread = new Thread(task, "sightline-rollup-" + rollup.name());
                thread.setDaemon(true);
                return thread;
            });
            blocking = executor;
            return Stream.generate(() ->
                            new RollupP(rollup, pipeline, mapName, start, bound, handOver, executor, System::nanoTime))
                    .limit(count)
                    .toList();
        }

        @Override
        public void close(@Nullable Throwable error) {
            if (blocking != null) {
                blocking.shutdownNow();
            }
        }
    }
}
