package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import io.sightline.grid.GridMember;
import io.sightline.history.TableState;
import io.sightline.history.delta.AzureStorage;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.delta.TableFolder;
import io.sightline.history.delta.UnfinishedReplay;
import io.sightline.history.jet.HistoryTable;
import io.sightline.observe.Counts;
import io.sightline.source.CaptureFolder;
import io.sightline.source.CaptureSource;
import io.sightline.source.KafkaSource;
import io.sightline.source.OffsetRange;
import io.sightline.spec.Environment;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's own job over the past, as fast as the machine goes, into a new table, on a member that is alone. It has the
 * marks and maps of that member, so nothing of a running grid is touched; neither hot window nor rollups, which nobody could
 * ask for; and of the history's tables that of the events alone. How far it is, and what it has counted, is what the table's last commit says, no more.
 *
 * <p>The source never completes: processors that complete take no part in the last commit. When the table has come to the
 * end of the range, the job is stopped.
 */
public final class Replay implements AutoCloseable {
    /** Ids can be forgotten only from one commit to the next, and at full speed many come in between. */
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(5);

    private static final long LOOK_SECONDS = 1;

    /** The topic partitions keep together in time while one processor reads them all; the table's writer is slower anyway. */
    private static final int ONE_READER = 1;

    private static final Standing NOTHING_YET = new Standing(TableState.NO_VERSION, Long.MAX_VALUE, new Counts());

    private final HazelcastInstance member;
    private final DeltaTableLog table;
    private final OffsetRange range;
    private final UnfinishedReplay unfinished;
    private final Job job;

    private Replay(
            HazelcastInstance member, DeltaTableLog table, OffsetRange range, UnfinishedReplay unfinished, Job job) {
        this.member = member;
        this.table = table;
        this.range = range;
        this.unfinished = unfinished;
        this.job = job;
    }

    /**
     * What the table holds.
     *
     * @param left how many records are still to be read, at most
     * @param counted totals, by counter
     */
    public record Standing(long version, long left, Counts counted) {
        boolean isEnd() {
            return left == 0;
        }
    }

    /**
     * Begins to replay a topic into a table that is not there yet.
     *
     * @param spec with the beginning as the start of its source
     * @param location the table's folder
     * @param end the first moment, by source time, that is left out; null for all that the broker holds now
     * @throws io.sightline.source.SourceException if the topic cannot be read
     * @throws io.sightline.enrich.ReferenceException if reference data cannot be used
     * @throws io.sightline.history.HistoryException if there is something in the folder
     * @throws IOException if the table's storage does not answer
     */
    public static Replay ofTopic(PipelineSpec spec, String location, @Nullable Instant end) throws IOException {
        SourceSpec source = spec.source().alone();
        OffsetRange range = OffsetRange.ofTopic(source, PipelineJob.RESOLVE_ON_MEMBER, end);
        return start(
                into(spec, location), range, KafkaSource.metaSupplier(source, PipelineJob.RESOLVE_ON_MEMBER, range));
    }

    /**
     * The same from Capture files of the topic.
     *
     * @param capture the folder they are in
     */
    public static Replay ofCapture(PipelineSpec spec, String location, String capture, @Nullable Instant end)
            throws IOException {
        OffsetRange range = captured(spec, capture).range(spec.source().start(), end);
        return start(into(spec, location), range, CaptureSource.metaSupplier(() -> captured(spec, capture), range));
    }

    private static CaptureFolder captured(PipelineSpec spec, String capture) {
        TableFolder folder = TableFolder.of(capture, AzureStorage.options(spec.storage(), Environment.ofThisProcess()));
        return CaptureFolder.list(folder.path(), folder.configuration());
    }

    /** Whatever the pipeline's history keeps: here are the days that were asked for. */
    private static HistoryTable into(PipelineSpec spec, String location) {
        HistorySpec history = spec.history();
        Compression compression = history == null ? Compression.SNAPPY : history.compression();
        return HistoryTable.ofEvents(spec.withSource(spec.source().alone())
                .withRollups(List.of())
                .withHistory(new HistorySpec(new Setting(location), COMMIT_EVERY, compression, null)));
    }

    private static Replay start(HistoryTable table, OffsetRange range, ProcessorMetaSupplier source)
            throws IOException {
        PipelineJob.checkReferences(table.spec());
        UnfinishedReplay unfinished = UnfinishedReplay.begin(table.folder());
        HazelcastInstance member = GridMember.startAloneBounded();
        try {
            return new Replay(member, table.log(), range, unfinished, submit(member, table, range, source));
        } catch (IOException | RuntimeException | Error e) {
            member.shutdown();
            throw e;
        }
    }

    private static Job submit(
            HazelcastInstance member, HistoryTable table, OffsetRange range, ProcessorMetaSupplier source)
            throws IOException {
        PipelineSpec spec = table.spec();
        StartPlan start = StartPlan.fresh(table, range.from());
        table.claim(member.getConfig().getClusterName(), start.at(table), false, Map.of());
        PipelineMaps.prepareUnbounded(member, spec);
        long incarnation = PipelineMaps.createMarks(member, spec);
        Topology.Ends ends = new Topology.Ends(source, ONE_READER, false, null, null, start);
        return member.getJet()
                .newJob(
                        Topology.of(spec, incarnation, ends),
                        new JobConfig()
                                .setName(spec.name())
                                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                                .setSnapshotIntervalMillis(COMMIT_EVERY.toMillis()));
    }

    /** How many records there are to be read, at most. */
    public long records() {
        return range.size();
    }

    /**
     * Waits for the end, and tells how far it is after each commit.
     *
     * @return how it ended
     * @throws CompletionException if the job fails
     */
    public Standing join(Consumer<Standing> progress) throws IOException {
        Standing last = NOTHING_YET;
        while (!last.isEnd()) {
            try {
                job.getFuture().get(LOOK_SECONDS, TimeUnit.SECONDS);
                throw new IllegalStateException("the job has ended, and its source never does");
            } catch (TimeoutException e) {
                Standing now = look(last);
                if (now.version() > last.version()) {
                    progress.accept(now);
                }
                last = now;
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
        }
        finish();
        return last;
    }

    private Standing look(Standing last) {
        try {
            TableState state = table.read();
            if (state.fence() == null) {
                return last;
            }
            long left = range.to().entrySet().stream()
                    .mapToLong(end -> end.getValue() - state.progress().next(end.getKey()))
                    .sum();
            return new Standing(state.version(), left, Counts.ofNames(state.counters()));
        } catch (IOException e) {
            // The committer says so, too, and goes on trying.
            return last;
        }
    }

    /** How many rows the table has now. */
    public long rows() throws IOException {
        return table.files().rows();
    }

    private void finish() throws IOException {
        job.cancel();
        try {
            job.join();
        } catch (CancellationException e) {
            // As asked.
        }
        unfinished.end();
    }

    @Override
    public void close() {
        member.shutdown();
    }
}
