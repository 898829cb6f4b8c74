package io.sightline.gateway.http;

import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.Principal;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last ten minutes of a pipeline's rollups as their readers see them: the total of each window of the finest, and the sums
 * of the last minute by each column that a rollup has in its key, from the finest that has it. Reads only the windows that
 * still change, and now and then all of them for late corrections. Used by one thread at a time.
 */
final class LiveRollup {
    static final Duration SHOWN = Duration.ofMinutes(10);

    /** Sums by column are those of so long before the newest complete window. */
    static final Duration RECENT = Duration.ofMinutes(1);

    /** Windows so long before the watermark take early results and most of what is late. */
    private static final Duration STILL_CHANGES = Duration.ofSeconds(10);

    /** All shown windows are read again at every so many readings. */
    private static final int READ_ALL_EVERY = 15;

    private final String pipeline;
    private final List<Counts> finestFirst;
    private final Counts finest;
    private final TreeMap<Long, Total> totals = new TreeMap<>();
    private final Map<String, ByColumn> recent = new LinkedHashMap<>();
    private int readings;
    private Instant readUpTo = Instant.MAX;

    /**
     * A rollup that counts.
     *
     * @param measure its count
     * @param by the columns of its key that may be read
     */
    private record Counts(String rollup, long windowMillis, Duration keep, String measure, List<String> by) {}

    /** @param windows for each window, by its start, the sums by the values of a column */
    private record ByColumn(Counts counts, TreeMap<Long, Map<String, Long>> windows) {}

    /** @param changedAt the number of the frame that first had this total */
    private record Total(long sum, long changedAt) {}

    private LiveRollup(String pipeline, List<Counts> finestFirst) {
        this.pipeline = pipeline;
        this.finestFirst = finestFirst;
        this.finest = finestFirst.get(0);
        for (Counts counts : finestFirst) {
            if (counts.windowMillis() <= RECENT.toMillis()) {
                counts.by().forEach(column -> recent.putIfAbsent(column, new ByColumn(counts, new TreeMap<>())));
            }
        }
    }

    /**
     * Of the rollups of a pipeline that count and may be read; empty if there is none.
     *
     * @param known what it was until now, if it was: it stays as long as the same may be read, which an upgrade may change
     * @param statements tells what may be read
     */
    static Optional<LiveRollup> of(
            PipelineSpec pipeline, @Nullable LiveRollup known, Statements statements, Principal principal) {
        List<Counts> counts = pipeline.rollups().stream()
                .sorted(Comparator.comparing(RollupSpec::window))
                .map(rollup -> counts(rollup, statements.columns(principal, rollup.name())))
                .flatMap(Optional::stream)
                .toList();
        if (counts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                known != null && known.finestFirst.equals(counts) ? known : new LiveRollup(pipeline.name(), counts));
    }

    private static Optional<Counts> counts(RollupSpec rollup, @Nullable List<String> readable) {
        if (readable == null || !readable.contains("window_start")) {
            return Optional.empty();
        }
        return rollup.measures().stream()
                .filter(measure -> measure.function() == RollupSpec.Function.COUNT && readable.contains(measure.name()))
                .findFirst()
                .map(measure -> new Counts(
                        rollup.name(),
                        rollup.window().toMillis(),
                        rollup.keep(),
                        measure.name(),
                        rollup.by().stream().filter(readable::contains).toList()));
    }

    String pipeline() {
        return pipeline;
    }

    /** Whose windows the totals are of. */
    String rollup() {
        return finest.rollup();
    }

    long windowMillis() {
        return finest.windowMillis();
    }

    /**
     * Reads what changed.
     *
     * @param completeUpTo the pipeline's watermark, or the time of day if that may not be read
     * @param now the time of day
     * @param frame the number of the frame that will be the first to have it
     */
    void read(Statements statements, Caller reader, Instant completeUpTo, Instant now, long frame) {
        long end = completeUpTo.toEpochMilli();
        boolean all = readings % READ_ALL_EVERY == 0;
        // After a stall the watermark may have gone far since the last reading.
        Instant settled = earlier(readUpTo, completeUpTo).minus(STILL_CHANGES);
        Instant changing = settled.minusMillis(finest.windowMillis());
        Instant from = all ? earlier(changing, later(completeUpTo.minus(SHOWN), stillWhole(now))) : changing;
        rows(statements, reader, finest, from, null).forEach(row -> setTotal(row.window(), row.sum(), frame));
        totals.headMap(end - SHOWN.toMillis()).clear();
        recent.forEach((column, known) -> {
            Counts counts = known.counts();
            Instant recently = (all ? completeUpTo.minus(RECENT) : settled).minusMillis(counts.windowMillis());
            TreeMap<Long, Map<String, Long>> windows = new TreeMap<>();
            rows(statements, reader, counts, recently, column)
                    .forEach(row -> windows.computeIfAbsent(row.window(), window -> new HashMap<>())
                            .put(row.group(), row.sum()));
            known.windows().tailMap(recently.toEpochMilli()).clear();
            known.windows().putAll(windows);
            known.windows()
                    .headMap(end - RECENT.toMillis() - counts.windowMillis())
                    .clear();
        });
        // Not before all has been read: what a reading that failed has missed is left to the next.
        readUpTo = completeUpTo;
        readings++;
    }

    /** The rows of an earlier window leave one by one, each so long after it was last written: their sum is no total any more. */
    private Instant stillWhole(Instant now) {
        return now.minus(finest.keep()).plus(STILL_CHANGES);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }

    private void setTotal(long window, long sum, long frame) {
        Total known = totals.get(window);
        if (known == null || known.sum() != sum) {
            totals.put(window, new Total(sum, frame));
        }
    }

    private record Row(long window, String group, long sum) {}

    private List<Row> rows(Statements statements, Caller reader, Counts counts, Instant from, @Nullable String column) {
        String group = column == null ? "" : ", " + quoted(column);
        String sql = "SELECT window_start, SUM(" + quoted(counts.measure()) + ")" + group + " FROM "
                + quoted(counts.rollup()) + " WHERE window_start >= '" + from + "' GROUP BY window_start" + group;
        List<Row> rows = new ArrayList<>();
        for (@Nullable Object[] row : statements.read(reader, sql).rows()) {
            if (row[0] instanceof OffsetDateTime window && row[1] instanceof Number sum) {
                rows.add(new Row(
                        window.toInstant().toEpochMilli(),
                        column == null || row[2] == null ? "" : String.valueOf(row[2]),
                        sum.longValue()));
            }
        }
        return rows;
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }

    /** Window start in epoch milliseconds to total, of the windows that changed after a frame. */
    Map<Long, Long> totalsSince(long frame) {
        Map<Long, Long> changed = new LinkedHashMap<>();
        totals.forEach((window, total) -> {
            if (total.changedAt() > frame) {
                changed.put(window, total.sum());
            }
        });
        return changed;
    }

    /** For each column of a key, the sums of the last minute before the watermark by its values, the largest first. */
    Map<String, Map<String, Long>> recentBy(Instant completeUpTo) {
        long end = completeUpTo.toEpochMilli();
        Map<String, Map<String, Long>> sums = new LinkedHashMap<>();
        recent.forEach((column, known) -> {
            long windowMillis = known.counts().windowMillis();
            Map<String, Long> ofColumn = new HashMap<>();
            known.windows()
                    .subMap(end - RECENT.toMillis() - windowMillis + 1, end - windowMillis + 1)
                    .values()
                    .forEach(groups -> groups.forEach((group, sum) -> ofColumn.merge(group, sum, Long::sum)));
            Map<String, Long> sorted = new LinkedHashMap<>();
            ofColumn.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue()
                            .reversed()
                            .thenComparing(Map.Entry.comparingByKey()))
                    .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
            sums.put(column, sorted);
        });
        return sums;
    }
}
