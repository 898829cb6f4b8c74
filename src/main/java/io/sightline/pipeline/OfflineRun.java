package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Column;
import io.sightline.event.imap.CompactRows;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.grid.Relation;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.source.RecordedSource;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's own job over a recorded file, on a member that is alone. Only the source differs, and nothing expires:
 * what the job wrote is all there afterwards, in the same maps as in production.
 */
public final class OfflineRun implements AutoCloseable {
    private static final long PROGRESS_SECONDS = 5;
    /** Records pass one decoder in file order, so of two copies of an event the first in the file is the original. */
    private static final int ONE_READER = 1;

    private static final List<String> ORIGIN = List.of("topic_partition", "record_offset", "record_index");

    private final HazelcastInstance member;
    private final PipelineSpec spec;
    private final Job job;

    private OfflineRun(HazelcastInstance member, PipelineSpec spec, Job job) {
        this.member = member;
        this.spec = spec;
        this.job = job;
    }

    /**
     * Starts the member and the job.
     *
     * @throws io.sightline.enrich.ReferenceException if reference data cannot be used
     */
    public static OfflineRun start(PipelineSpec spec, Path input, int topicPartitions) {
        PipelineJob.checkReferences(spec);
        HazelcastInstance member = GridMember.startAlone();
        try {
            PipelineMaps.prepareUnbounded(member, spec);
            long incarnation = PipelineMaps.createMarks(member, spec);
            String path = input.toString();
            Topology.Ends ends = new Topology.Ends(
                    RecordedSource.metaSupplier(path, topicPartitions, () -> new DecodedEventTimes(spec.event())),
                    ONE_READER,
                    false,
                    null,
                    HotRows.writer(spec, null),
                    null);
            Job job =
                    member.getJet().newJob(Topology.of(spec, incarnation, ends), new JobConfig().setName(spec.name()));
            return new OfflineRun(member, spec, job);
        } catch (RuntimeException | Error e) {
            member.shutdown();
            throw e;
        }
    }

    /** Waits for the end, and reports the number of records read every few seconds. */
    public void join(LongConsumer progress) {
        while (true) {
            try {
                job.getFuture().get(PROGRESS_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                progress.accept(counts().total(Counter.RECORDS));
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
        }
    }

    /** What was counted. */
    public Counts counts() {
        Counts counts = new Counts();
        for (Object value : member.getMap(GridNames.COUNTS).values()) {
            GenericRecord row = (GenericRecord) value;
            Counter counter =
                    Counter.valueOf(String.valueOf(row.getString("counter")).toUpperCase(Locale.ROOT));
            counts.add(counter, String.valueOf(row.getString("label")), row.getNullableInt64("total"));
        }
        return counts;
    }

    /** The enriched originals, by origin. */
    public Rows events() {
        return read(Relations.hotWindow(spec), ORIGIN);
    }

    /** The dropped duplicates, by origin. */
    public Rows duplicates() {
        return read(Relations.shared(GridNames.DUPLICATES), ORIGIN);
    }

    /** The dead letters, by origin. */
    public Rows deadLetters() {
        return read(Relations.shared(GridNames.DEAD_LETTERS), ORIGIN);
    }

    /** The final rows of a rollup, by window and group. */
    public Rows rollup(RollupSpec rollup) {
        List<String> order = new ArrayList<>(List.of("window_start"));
        order.addAll(rollup.by());
        return read(Relations.rollup(spec, rollup), order);
    }

    private Rows read(Relation relation, List<String> order) {
        List<Column> columns = relation.columns().stream()
                .filter(column -> relation.visible().contains(column.name()))
                .toList();
        CompactRows visible = new CompactRows(relation.compactType(), columns);
        List<@Nullable Object[]> values = new ArrayList<>();
        for (Object value : member.getMap(relation.map()).values()) {
            values.add(visible.values((GenericRecord) value));
        }
        values.sort(Rows.by(columns, order));
        return new Rows(columns, values);
    }

    @Override
    public void close() {
        member.shutdown();
    }
}
