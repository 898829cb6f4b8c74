package io.sightline.enrich.imap;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.ReplicatedMapConfig;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.replicatedmap.ReplicatedMap;
import io.sightline.enrich.ReferenceContent;
import io.sightline.enrich.ReferenceException;
import io.sightline.enrich.ReferenceState;
import io.sightline.enrich.ReferenceTable;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference tables of the grid, all of them on every member. A version is one value under {@code
 * pipeline/reference}, so that putting it is the swap: who reads sees the old table or the new one, whole.
 *
 * <p>Only the holder of the state's lock publishes, and takes a number above the last one. So an execution that is dead
 * without knowing it cannot bring an older version back under a newer number, and numbers only grow; they begin at the
 * clock's milliseconds, so that this holds over restarts of the whole grid too. Thread-safe.
 */
public final class References {
    /** The name of the replicated map. */
    public static final String MAP = "sightline.references";

    private static final Logger LOG = LoggerFactory.getLogger(References.class);
    private static final long LOCK_SECONDS = 30;

    private final HazelcastInstance hazelcast;
    private final ReplicatedMap<String, ReferenceTable> tables;
    private final ReferenceStates states;
    private final Clock clock;

    public References(HazelcastInstance hazelcast, Clock clock) {
        this.hazelcast = hazelcast;
        this.tables = tables(hazelcast);
        this.states = new ReferenceStates(hazelcast);
        this.clock = clock;
    }

    /** Adds what a member's configuration must say of the maps here. The serializer is registered with the others. */
    public static void configure(Config config) {
        config.addReplicatedMapConfig(new ReplicatedMapConfig(MAP)
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setAsyncFillup(false)
                .setStatisticsEnabled(false));
        config.addMapConfig(new MapConfig(ReferenceStates.MAP));
    }

    /** The tables by {@link ReferenceSource#key}, as this member has them. */
    static ReplicatedMap<String, ReferenceTable> tables(HazelcastInstance hazelcast) {
        return hazelcast.getReplicatedMap(MAP);
    }

    /** The version in force that fits the layout; empty if there is none. */
    public Optional<ReferenceTable> current(ReferenceSource source) {
        ReferenceTable table = tables.get(source.key());
        return table != null && table.layout().equals(source.layout()) ? Optional.of(table) : Optional.empty();
    }

    /**
     * Puts this content in force, as a new version if it is not in force already.
     *
     * @return the version that is in force now
     */
    public ReferenceTable publish(ReferenceSource source, ReferenceContent content) {
        return locked(source, () -> {
            ReferenceState state = states.get(source);
            ReferenceTable current = current(source).orElse(null);
            if (current != null && isInForce(current, state, content) && state.lastError() == null) {
                return current;
            }
            ReferenceTable table = current;
            if (table == null || !isInForce(table, state, content)) {
                table = new ReferenceTable(source.layout(), nextNumber(source, state), clock.millis(), content);
                spread(source, table);
            }
            states.set(source, state.loaded(table));
            LOG.atInfo()
                    .addKeyValue("pipeline", source.pipeline())
                    .addKeyValue("reference", source.name())
                    .addKeyValue("version", table.number())
                    .addKeyValue("rows", table.size())
                    .log("reference in force");
            return table;
        });
    }

    /**
     * Notes that what the files hold cannot be used, and says so in the log unless that is known. The version in force
     * stays.
     *
     * @return the version in force; empty if there is none
     */
    public Optional<ReferenceTable> refuse(ReferenceSource source, ReferenceException cause) {
        return locked(source, () -> {
            ReferenceState state = states.get(source);
            Optional<ReferenceTable> current = current(source);
            String error = String.valueOf(cause.getMessage());
            if (!error.equals(state.lastError())) {
                LOG.atWarn()
                        .addKeyValue("pipeline", source.pipeline())
                        .addKeyValue("reference", source.name())
                        .addKeyValue(
                                "version", current.map(ReferenceTable::number).orElse(null))
                        .addKeyValue("why", error)
                        .log("reference not taken, the version before stays");
                states.set(source, state.refused(error, clock.millis()));
            }
            return current;
        });
    }

    /** Sends the version in force to all members and to SQL again: whoever missed it has it then. */
    public void resend(ReferenceSource source) {
        locked(source, () -> {
            Optional<ReferenceTable> current = current(source);
            current.ifPresent(table -> spread(source, table));
            return current;
        });
    }

    private static boolean isInForce(ReferenceTable current, ReferenceState state, ReferenceContent content) {
        return current.contentHash().equals(content.hash()) && current.number() >= state.number();
    }

    private long nextNumber(ReferenceSource source, ReferenceState state) {
        ReferenceTable last = tables.get(source.key());
        long lastNumber = Math.max(state.number(), last == null ? 0 : last.number());
        return Math.max(lastNumber + 1, clock.millis());
    }

    private void spread(ReferenceSource source, ReferenceTable table) {
        tables.put(source.key(), table);
        new ReferenceTwin(hazelcast, source.relation(), source.layout()).follow(table);
    }

    private <T> T locked(ReferenceSource source, Supplier<T> action) {
        try {
            if (!states.tryLock(source, LOCK_SECONDS, TimeUnit.SECONDS)) {
                throw new HazelcastException(
                        "reference " + source.name() + " is being published by another member for more than "
                                + LOCK_SECONDS + " s; if this stays so, restart the job");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HazelcastException("interrupted while publishing reference " + source.name(), e);
        }
        try {
            return action.get();
        } finally {
            states.unlock(source);
        }
    }
}
