package io.sightline.enrich.imap;

import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.Inbox;
import com.hazelcast.replicatedmap.ReplicatedMap;
import io.sightline.enrich.ReferenceTable;
import io.sightline.event.Event;
import io.sightline.observe.Counter;
import io.sightline.observe.jet.CountsOutlet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Joins each event with the references, in file order: one event in, the same event with the added columns out. Where a
 * reference has no row for the event's key, or the key is null, its columns are null, the event is kept and counted as
 * unmatched. All events of one inbox see the same versions.
 *
 * <p>Inbound: any number of edges of events. Outbound: events to every edge but the last, which takes counts. Keeps no
 * state. Cooperative; {@code init} blocks until this member has the references.
 */
public final class EnrichP extends AbstractProcessor {
    private final List<ReferenceSource> sources;
    private final Map<String, Long> numbers;
    private final Duration waitAtMost;
    private final LongSupplier nanoTime;

    private LocalReference[] references = {};
    /** Null columns for all references, and for each; shared by all events that need them. */
    private @Nullable Object[] nothing = {};

    private long[] unmatched = {};
    private int[] eventEdges = {};
    private CountsOutlet counts = new CountsOutlet(-1);
    /** The first event of the inbox, joined, while an edge is full. */
    private @Nullable Event pending;

    /**
     * @param numbers by {@link ReferenceSource#key}, the number of the version that must be here before the first event
     * @param waitAtMost how long to wait for it
     */
    EnrichP(List<ReferenceSource> sources, Map<String, Long> numbers, Duration waitAtMost, LongSupplier nanoTime) {
        this.sources = sources;
        this.numbers = numbers;
        this.waitAtMost = waitAtMost;
        this.nanoTime = nanoTime;
    }

    @Override
    protected void init(Context context) throws InterruptedException {
        int countsEdge = getOutbox().bucketCount() - 1;
        eventEdges = IntStream.range(0, countsEdge).toArray();
        counts = new CountsOutlet(countsEdge);
        ReplicatedMap<String, ReferenceTable> tables = References.tables(context.hazelcastInstance());
        references = new LocalReference[sources.size()];
        int width = 0;
        for (int i = 0; i < references.length; i++) {
            ReferenceSource source = sources.get(i);
            long number = numbers.getOrDefault(source.key(), 0L);
            references[i] = LocalReference.await(source, number, tables, waitAtMost);
            width += references[i].width();
        }
        unmatched = new long[references.length];
        nothing = new Object[width];
    }

    @Override
    public boolean tryProcess() {
        return pending != null || countsUpToDate().flushNowAndThen(getOutbox(), nanoTime.getAsLong());
    }

    @Override
    public void process(int ordinal, Inbox inbox) {
        for (LocalReference reference : references) {
            reference.update();
        }
        for (Object item; (item = inbox.peek()) != null; inbox.remove()) {
            Event joined = pending != null ? pending : join((Event) item);
            if (!getOutbox().offer(eventEdges, joined)) {
                pending = joined;
                return;
            }
            pending = null;
        }
    }

    private Event join(Event event) {
        if (references.length == 1) {
            @Nullable Object[] columns = references[0].columns(event);
            if (columns == null) {
                unmatched[0]++;
            }
            return event.withAdded(columns == null ? nothing : columns);
        }
        @Nullable Object[] added = new Object[nothing.length];
        int position = 0;
        for (int i = 0; i < references.length; i++) {
            @Nullable Object[] columns = references[i].columns(event);
            if (columns == null) {
                unmatched[i]++;
            } else {
                System.arraycopy(columns, 0, added, position, columns.length);
            }
            position += references[i].width();
        }
        return event.withAdded(added);
    }

    @Override
    public boolean saveToSnapshot() {
        return countsUpToDate().flush(getOutbox());
    }

    @Override
    public boolean complete() {
        return countsUpToDate().flush(getOutbox());
    }

    private CountsOutlet countsUpToDate() {
        for (int i = 0; i < unmatched.length; i++) {
            counts.counts().add(Counter.UNMATCHED, references[i].name(), unmatched[i]);
            unmatched[i] = 0;
        }
        return counts;
    }
}
