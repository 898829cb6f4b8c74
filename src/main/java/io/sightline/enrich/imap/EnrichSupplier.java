package io.sightline.enrich.imap;

import com.hazelcast.cluster.Address;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.event.imap.PassingFailures;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes the {@link EnrichP}s of a job. First, on the coordinator, it loads the references; the processors then wait for
 * the very versions that were in force, so that no event is written as unmatched because a table was still under way.
 */
public final class EnrichSupplier implements ProcessorMetaSupplier {
    private static final long serialVersionUID = 1;

    /** How long a processor waits for its tables. */
    public static final Duration WAIT_AT_MOST = Duration.ofSeconds(30);

    private final List<ReferenceSource> sources;
    private final Duration waitAtMost;
    private transient Map<String, Long> numbers = Map.of();

    public EnrichSupplier(List<ReferenceSource> sources) {
        this(sources, WAIT_AT_MOST);
    }

    EnrichSupplier(List<ReferenceSource> sources, Duration waitAtMost) {
        this.sources = List.copyOf(sources);
        this.waitAtMost = waitAtMost;
    }

    @Override
    public void init(Context context) throws InterruptedException {
        ReferenceRefresh refresh =
                new ReferenceRefresh(context.hazelcastInstance(), sources, Clock.systemUTC(), System::nanoTime);
        try {
            numbers = refresh.loadAll(pause -> Thread.sleep(pause.toMillis()));
        } catch (RuntimeException e) {
            throw PassingFailures.atStart(e);
        }
    }

    @Override
    public Function<? super Address, ? extends ProcessorSupplier> get(List<Address> addresses) {
        List<ReferenceSource> toJoin = sources;
        Duration wait = waitAtMost;
        Map<String, Long> versions = Map.copyOf(numbers);
        return address -> ProcessorSupplier.of(() -> new EnrichP(toJoin, versions, wait, System::nanoTime));
    }
}
