package io.sightline.history;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Origin;
import io.sightline.history.CommitState.Due;
import io.sightline.history.CommitState.Prepared;
import io.sightline.history.CommitState.Settled;
import io.sightline.history.CommitState.Stopped;
import io.sightline.history.Settlement.Unsettled;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A small world in which the protocol must hold: a topic, a storage for files, a table log that fails, and grids whose jobs
 * read, write, snapshot, crash, lose their job snapshots and go on although they were replaced. All from a seed. What is
 * wrong is added to {@link #violations}; the protocol can be broken on purpose by a {@link Mutation}.
 */
final class ProtocolWorld {
    static final int TOPIC_PARTITIONS = 3;
    private static final int WRITERS = 2;
    private static final int RECORDS = 30;
    private static final Duration COMMIT_EVERY = Duration.ofMillis(20);
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);

    /** One invariant each, broken. */
    enum Mutation {
        NONE,
        COMMITS_WITHOUT_COMPARING,
        KEEPS_ROWS_BELOW_THE_TABLE,
        PREPARES_WITHOUT_ALL_FILES,
        COMMITS_BEFORE_THE_SNAPSHOT,
        PREPARES_BEFORE_CLOSING,
        RECOVERS_WITHOUT_LOOKING,
        TAKES_UNKNOWN_FOR_FAILURE,
        DELETES_AFTER_UNKNOWN,
        IGNORES_THE_FENCE
    }

    /** How an execution ends. */
    enum Crash {
        RESTART,
        OLDER_SNAPSHOT,
        LOSS_OF_ALL,
        /** It is only cut off, and goes on; the job starts again elsewhere. */
        CUT_OFF
    }

    /** What a job snapshot holds. */
    private record JobSnapshot(ProgressVector positions, PreparedCommit commit) {}

    private static final class StoredFile {
        final int execution;
        final List<Origin> rows = new ArrayList<>();
        boolean closed;

        StoredFile(int execution) {
            this.execution = execution;
        }
    }

    final long seed;
    final Random random;
    final Mutation mutation;
    final MemoryTableLog log;
    final List<String> violations = new ArrayList<>();
    final Map<String, Integer> seen = new TreeMap<>();

    private final boolean[][] isRow = new boolean[TOPIC_PARTITIONS][RECORDS];
    private final ProgressVector initial;
    private final Map<String, StoredFile> storage = new HashMap<>();
    private final List<Execution> executions = new ArrayList<>();
    private long now = 1_000;
    private int checkedVersions;

    ProtocolWorld(long seed, Mutation mutation, int faultsIn100) {
        this.seed = seed;
        this.random = new Random(seed);
        this.mutation = mutation;
        this.log = new MemoryTableLog(random, faultsIn100);
        this.initial = ProgressVector.of(0, random.nextInt(3), 0);
        for (boolean[] partition : isRow) {
            for (int i = 0; i < RECORDS; i++) {
                partition[i] = random.nextInt(3) > 0;
            }
        }
    }

    /** Two grids: the second comes later, under the same name or another, and takes over if it may. */
    void runAtRandom(int steps) {
        Grid old = new Grid("old");
        Grid young = new Grid(random.nextBoolean() ? "old" : "young");
        old.start(null);
        int youngFrom = steps / 4 + random.nextInt(steps / 2);
        for (int step = 0; step < steps; step++) {
            now++;
            if (step == youngFrom) {
                young.start(null);
            }
            int dice = random.nextInt(100);
            if (dice < 2) {
                log.foreignVersion();
            } else if (dice < 5) {
                log.landLate();
            } else if (dice < 9 && step > youngFrom - 20) {
                (step > youngFrom && random.nextBoolean() ? young : old).crash(anyCrash());
            } else {
                executions.get(random.nextInt(executions.size())).step();
            }
            check();
        }
        finish(young);
    }

    /** One grid, one crash after a number of steps. */
    void runWithCrashAfter(int steps, Crash crash) {
        Grid grid = new Grid("old");
        grid.start(null);
        for (int step = 0; step < steps; step++) {
            now++;
            requireNonNull(grid.current).step();
            check();
        }
        grid.crash(crash);
        finish(grid);
    }

    private Crash anyCrash() {
        return Crash.values()[random.nextInt(Crash.values().length)];
    }

    /** The storage is well again; the grid starts once more, reads all there is, and everything must be in the table. */
    private void finish(Grid grid) {
        log.faultsIn100 = 0;
        now += 1_000;
        if (grid.current == null || requireNonNull(grid.current).ended) {
            grid.crash(Crash.LOSS_OF_ALL);
        }
        for (int step = 0; step < 5_000 && !allCommitted(); step++) {
            now++;
            Execution current = requireNonNull(grid.current);
            if (current.ended) {
                grid.crash(Crash.LOSS_OF_ALL);
            } else {
                current.step();
            }
            check();
        }
        if (!allCommitted()) {
            violations.add("never finished: " + log.newest());
        }
    }

    private boolean allCommitted() {
        return log.newest().progress().equals(ProgressVector.of(RECORDS, RECORDS, RECORDS));
    }

    private void saw(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    /** The invariants that can be seen in the log and on storage. */
    private void check() {
        boolean changed = log.versions().size() > checkedVersions;
        for (; checkedVersions < log.versions().size(); checkedVersions++) {
            MemoryTableLog.Version version = log.versions().get(checkedVersions);
            if (version.execution() >= 0 && !version.added().isEmpty()) {
                Execution by = executions.get(version.execution());
                if (!by.grid.completed.isAtLeast(version.state().progress())) {
                    violations.add("visible before its job snapshot is complete: " + version);
                }
                long newestClaim = log.versions().subList(0, checkedVersions).stream()
                        .mapToLong(earlier ->
                                requireNonNull(earlier.state().fence()).epoch())
                        .max()
                        .orElse(0);
                if (requireNonNull(by.claim).fence().epoch() < newestClaim) {
                    violations.add("a stale writer has committed: " + version);
                }
            }
        }
        if (changed) {
            checkRows();
        }
    }

    private void checkRows() {
        ProgressVector progress = log.newest().progress();
        Set<Origin> rows = new HashSet<>();
        for (MemoryTableLog.Version version : log.versions()) {
            for (DataFile file : version.added()) {
                StoredFile stored = storage.get(file.path());
                if (stored == null || !stored.closed) {
                    violations.add("the table names a file that is not there: " + file.path());
                    continue;
                }
                for (Origin row : stored.rows) {
                    if (!rows.add(row)) {
                        violations.add("twice in the table: " + row);
                    }
                    if (!progress.contains(row.topicPartition(), row.offset())) {
                        violations.add("in the table but not below " + progress + ": " + row);
                    }
                }
            }
        }
        for (int partition = 0; partition < progress.size(); partition++) {
            for (long offset = initial.next(partition); offset < progress.next(partition); offset++) {
                Origin origin = new Origin(partition, offset, 0);
                if (isRow[partition][(int) offset] && !rows.contains(origin)) {
                    violations.add("below " + progress + " but not in the table: " + origin);
                }
            }
        }
    }

    /** A cluster that runs the job again and again. */
    private final class Grid {
        final String name;
        final List<JobSnapshot> snapshots = new ArrayList<>();
        /** As far as any job snapshot of this grid has been complete. */
        ProgressVector completed = ProgressVector.NONE;

        @Nullable
        Execution current;

        Grid(String name) {
            this.name = name;
        }

        void start(@Nullable JobSnapshot from) {
            current = new Execution(executions.size(), this, from);
            executions.add(current);
        }

        void crash(Crash crash) {
            saw(crash.name());
            if (crash != Crash.CUT_OFF && current != null) {
                current.die();
            }
            if (crash == Crash.LOSS_OF_ALL) {
                snapshots.clear();
            } else if (crash == Crash.OLDER_SNAPSHOT && snapshots.size() > 1) {
                snapshots.remove(snapshots.size() - 1);
            }
            start(snapshots.isEmpty() ? null : snapshots.get(snapshots.size() - 1));
        }
    }

    /** One run of the job, a step at a time; it may die between any two. */
    private final class Execution {
        final int number;
        final Grid grid;
        final @Nullable JobSnapshot restoredFrom;
        final TableLog table;
        final TableWriter writer;
        final @Nullable String[] open = new @Nullable String[WRITERS];
        final List<DataFile> sealed = new ArrayList<>();

        @Nullable
        Claim claim;

        CommitState state = new Settled(ProgressVector.NONE);
        ProgressVector positions = ProgressVector.NONE;
        ProgressVector atBarrier = ProgressVector.NONE;
        /** How many writers have passed the barrier; -1 between two. */
        int barrier = -1;

        boolean recovering;
        boolean lastWasUnknown;
        boolean ended;
        int files;

        Execution(int number, Grid grid, @Nullable JobSnapshot restoredFrom) {
            this.number = number;
            this.grid = grid;
            this.restoredFrom = restoredFrom;
            this.table = log.seenBy(number);
            this.writer = new TableWriter(table, () -> now);
        }

        void step() {
            if (ended) {
                return;
            }
            try {
                go();
            } catch (IllegalArgumentException e) {
                violations.add("refused by the values themselves: " + e.getMessage());
                ended = true;
            }
        }

        private void go() {
            if (claim == null) {
                claim();
            } else if (state instanceof Due due) {
                if (!recovering && random.nextInt(3) == 0) {
                    read(random.nextInt(TOPIC_PARTITIONS));
                } else {
                    settle(due);
                }
            } else if (barrier < 0) {
                readOrBegin();
            } else if (barrier < WRITERS) {
                seal(barrier++);
            } else {
                snapshot();
            }
        }

        /** What is not closed goes with the process. */
        void die() {
            ended = true;
            storage.values().removeIf(file -> file.execution == number && !file.closed);
        }

        private void claim() {
            WriterIdentity identity = new WriterIdentity(grid.name, "detections");
            boolean takeOver = grid.name.equals("young");
            try {
                claim = writer.claim(new ClaimRequest(identity, COMMIT_EVERY, takeOver, initial));
            } catch (IOException e) {
                return;
            } catch (HistoryException e) {
                saw("claim refused");
                ended = true;
                return;
            }
            if (restoredFrom == null) {
                positions = claim.at();
                state = CommitState.cold(claim);
                return;
            }
            positions = restoredFrom.positions();
            saw("restored " + Verdict.of(claim.at(), restoredFrom.commit()));
            state = CommitState.restored(restoredFrom.commit(), claim);
            if (mutation == Mutation.RECOVERS_WITHOUT_LOOKING) {
                state = new Due(restoredFrom.commit());
            }
            recovering = state instanceof Due;
            stopIfRefused();
        }

        private void readOrBegin() {
            int partition = random.nextInt(TOPIC_PARTITIONS);
            if (random.nextInt(8) == 0 || positions.next(partition) == RECORDS) {
                barrier = 0;
                atBarrier = positions;
            } else {
                read(partition);
            }
        }

        private void read(int partition) {
            long offset = positions.next(partition);
            if (offset == RECORDS) {
                return;
            }
            positions = positions.with(partition, offset + 1);
            boolean below = requireNonNull(claim).at().contains(partition, offset);
            if (isRow[partition][(int) offset] && (!below || mutation == Mutation.KEEPS_ROWS_BELOW_THE_TABLE)) {
                int by = partition % WRITERS;
                if (open[by] == null) {
                    open[by] = "file-" + number + "-" + by + "-" + files++;
                    storage.put(requireNonNull(open[by]), new StoredFile(number));
                }
                requireNonNull(storage.get(requireNonNull(open[by]))).rows.add(new Origin(partition, offset, 0));
            }
        }

        private void seal(int by) {
            String path = open[by];
            if (path != null) {
                StoredFile file = requireNonNull(storage.get(path));
                file.closed = mutation != Mutation.PREPARES_BEFORE_CLOSING;
                boolean forgotten = mutation == Mutation.PREPARES_WITHOUT_ALL_FILES && by == 1;
                if (!forgotten) {
                    sealed.add(new DataFile(path, DAY, 100, file.rows.size(), now, List.of()));
                }
                open[by] = null;
            }
        }

        private void snapshot() {
            Sealed all = new Sealed(atBarrier, sealed, new TreeMap<>(Map.of("records", sum(atBarrier))));
            Prepared prepared =
                    state instanceof Settled settled ? settled.prepare(all) : ((Prepared) state).prepare(all);
            state = prepared;
            sealed.clear();
            barrier = -1;
            if (mutation == Mutation.COMMITS_BEFORE_THE_SNAPSHOT) {
                settle(prepared.completed());
            }
            boolean cutOff = grid.current != this;
            if (cutOff || random.nextInt(6) == 0) {
                saw("job snapshot failed");
                return;
            }
            grid.snapshots.add(new JobSnapshot(atBarrier, prepared.commit()));
            grid.completed = grid.completed.max(prepared.commit().to());
            if (state instanceof Prepared) {
                state = prepared.completed();
            }
        }

        private void settle(Due due) {
            boolean blind = mutation == Mutation.COMMITS_WITHOUT_COMPARING
                    || (mutation == Mutation.RECOVERS_WITHOUT_LOOKING && recovering)
                    || (mutation == Mutation.TAKES_UNKNOWN_FOR_FAILURE && lastWasUnknown);
            Settlement settlement = blind ? appendBlindly(due.commit()) : look(due.commit());
            lastWasUnknown = settlement instanceof Unsettled unsettled && unsettled.why() instanceof Outcome.Unknown;
            if (lastWasUnknown && mutation == Mutation.DELETES_AFTER_UNKNOWN) {
                due.commit().files().forEach(file -> storage.remove(file.path()));
            }
            saw(settlement.getClass().getSimpleName());
            state = due.after(settlement);
            recovering &= state instanceof Due;
            stopIfRefused();
        }

        private Settlement look(PreparedCommit commit) {
            Fence own = requireNonNull(claim).fence();
            if (mutation == Mutation.IGNORES_THE_FENCE) {
                own = requireNonNull(log.newest().fence());
            }
            return writer.settle(own, commit);
        }

        private Settlement appendBlindly(PreparedCommit commit) {
            TableState newest = log.newest();
            TableChange change = new TableChange(
                    newest.progress().max(commit.to()),
                    commit.files(),
                    requireNonNull(claim).fence(),
                    now,
                    commit.counters());
            Outcome outcome = table.append(newest, change);
            return outcome instanceof Outcome.Committed committed
                    ? new Settlement.Committed(committed.version(), change.progress())
                    : new Unsettled(outcome);
        }

        private void stopIfRefused() {
            if (state instanceof Stopped) {
                saw("stopped");
                ended = true;
            }
        }

        private static long sum(ProgressVector vector) {
            long sum = 0;
            for (int i = 0; i < vector.size(); i++) {
                sum += vector.next(i);
            }
            return sum;
        }
    }
}
