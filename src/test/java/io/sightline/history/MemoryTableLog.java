package io.sightline.history;

import io.sightline.history.Outcome.Committed;
import io.sightline.history.Outcome.Conflict;
import io.sightline.history.Outcome.Retryable;
import io.sightline.history.Outcome.Unknown;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * A table log in memory whose storage fails from a seed: it does not answer, refuses, keeps an answer back, or takes an
 * append late. Like a real one it takes each version once.
 */
final class MemoryTableLog {
    /** One version: what it added and who asked for it; of a foreign one just its number counts. */
    record Version(TableState state, List<DataFile> added, int execution) {}

    private record Late(long version, TableChange change, int execution) {}

    private final Random random;
    private final List<Version> versions = new ArrayList<>();
    private final Deque<Late> late = new ArrayDeque<>();
    /** In a hundred appends or reads, how many go wrong; 0 from the moment on that all must end well. */
    int faultsIn100;

    int unknownApplied;
    int unknownNotApplied;
    int landedLate;
    int conflicts;
    int reads;
    /** Appends that were committed on top of what the same execution had appended, without a look in between. */
    int unread;

    MemoryTableLog(Random random, int faultsIn100) {
        this.random = random;
        this.faultsIn100 = faultsIn100;
    }

    /** The log as one execution reaches it. */
    TableLog seenBy(int execution) {
        return new TableLog() {
            private boolean looked;

            @Override
            public TableState read() throws IOException {
                if (fails()) {
                    throw new IOException("no answer");
                }
                reads++;
                looked = true;
                return newest();
            }

            @Override
            public Outcome append(TableState onto, TableChange change) {
                Outcome outcome = MemoryTableLog.this.append(onto, change, execution);
                unread += outcome instanceof Committed && !looked ? 1 : 0;
                looked = false;
                return outcome;
            }
        };
    }

    TableState newest() {
        return versions.isEmpty()
                ? TableState.NO_TABLE
                : versions.get(versions.size() - 1).state();
    }

    List<Version> versions() {
        return versions;
    }

    /** A version that neither adds rows nor moves the vector, as compaction by another program is. */
    void foreignVersion() {
        if (!versions.isEmpty()) {
            TableState newest = newest();
            versions.add(new Version(
                    new TableState(
                            newest.version() + 1,
                            newest.progress(),
                            newest.fence(),
                            newest.committedAtMillis(),
                            newest.counters()),
                    List.of(),
                    -1));
        }
    }

    /** What was sent long ago arrives now, if its version is still free. */
    void landLate() {
        Late first = late.poll();
        if (first != null && first.version() == newest().version() + 1) {
            landedLate++;
            add(first.change(), first.execution());
        }
    }

    private Outcome append(TableState onto, TableChange change, int execution) {
        if (faultsIn100 > 0 && random.nextInt(20) == 0) {
            foreignVersion();
        }
        if (onto.version() != newest().version()) {
            conflicts++;
            return new Conflict("version " + (onto.version() + 1) + " is taken");
        }
        if (fails()) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    return new Retryable("refused");
                }
                case 1 -> {
                    unknownNotApplied++;
                    return new Unknown("connection lost before");
                }
                case 2 -> {
                    unknownApplied++;
                    add(change, execution);
                    return new Unknown("connection lost after");
                }
                default -> {
                    late.add(new Late(onto.version() + 1, change, execution));
                    return new Unknown("timed out");
                }
            }
        }
        return new Committed(add(change, execution));
    }

    private long add(TableChange change, int execution) {
        long version = newest().version() + 1;
        versions.add(new Version(change.leaves(version), change.files(), execution));
        return version;
    }

    private boolean fails() {
        return random.nextInt(100) < faultsIn100;
    }
}
