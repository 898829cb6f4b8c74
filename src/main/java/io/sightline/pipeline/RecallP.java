package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.dedupe.EventId;
import io.sightline.dedupe.EventIds;
import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.RowReader;
import io.sightline.history.delta.TableFolder;
import io.sightline.history.jet.HistoryTable;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of the history and emits them as the events they were made of. The files are shared out among all processors of
 * all members. Ends when all is read; blocks, and so not cooperative.
 */
final class RecallP extends AbstractProcessor {
    private static final int ROWS_AT_ONCE = 10_000;

    private final HistoryTable table;
    private final Recall recall;
    private final Deque<String> files;
    private final EventRows rows;
    private final EventIds ids;
    /** What is read of a file, and where each stands among all columns. */
    private final List<Column> columns;

    private final int[] positions;
    private final int timePosition;
    private @Nullable TableFolder folder;
    private @Nullable RowReader reader;
    private @Nullable Event unsent;

    private RecallP(HistoryTable table, Recall recall, List<String> files) {
        this.table = table;
        this.recall = recall;
        this.files = new ArrayDeque<>(files);
        PipelineSpec spec = table.spec();
        this.rows = new EventRows(spec);
        this.ids = new EventIds(spec.deduplicate(), spec.event().schema());
        List<Column> all = rows.columns();
        this.positions = IntStream.range(0, all.size())
                .filter(position -> recall.needs(all.get(position), spec))
                .toArray();
        this.columns = IntStream.of(positions).mapToObj(all::get).toList();
        this.timePosition = all.stream().map(Column::name).toList().indexOf(recall.timeColumn());
    }

    static ProcessorMetaSupplier metaSupplier(HistoryTable table, Recall recall) {
        return addresses -> address -> {
            List<String> ofMember = share(recall.files(), addresses.indexOf(address), addresses.size());
            return onMember(table, recall, ofMember);
        };
    }

    private static ProcessorSupplier onMember(HistoryTable table, Recall recall, List<String> files) {
        return count -> IntStream.range(0, count)
                .mapToObj(index -> new RecallP(table, recall, share(files, index, count)))
                .toList();
    }

    private static List<String> share(List<String> files, int index, int count) {
        return IntStream.range(0, files.size())
                .filter(file -> file % count == index)
                .mapToObj(files::get)
                .toList();
    }

    @Override
    public boolean isCooperative() {
        return false;
    }

    @Override
    public boolean complete() {
        try {
            for (int i = 0; i < ROWS_AT_ONCE; i++) {
                if (reader == null) {
                    String file = files.poll();
                    if (file == null) {
                        return true;
                    }
                    reader = open(file);
                }
                if (unsent == null) {
                    @Nullable Object[] row = reader.next();
                    if (row == null) {
                        close();
                        continue;
                    }
                    unsent = event(row);
                }
                if (unsent != null && !tryEmit(unsent)) {
                    return false;
                }
                unsent = null;
            }
            return false;
        } catch (IOException e) {
            throw new RestartableException("the history cannot be read back: " + e + "; trying again", e);
        }
    }

    private RowReader open(String file) throws IOException {
        if (folder == null) {
            folder = table.folder();
        }
        return RowReader.open(folder, file, columns);
    }

    /** The event of a row; null if it is not wanted. */
    private @Nullable Event event(@Nullable Object[] read) {
        @Nullable Object[] row = new Object[rows.columns().size()];
        for (int i = 0; i < positions.length; i++) {
            row[positions[i]] = read[i];
        }
        if ((Long) requireNonNull(row[timePosition]) < recall.fromMicros()) {
            return null;
        }
        EventId id = ids.of(row);
        Event event = id == null ? rows.event(row, 0, 0) : rows.event(row, id.high(), id.low());
        ProgressVector below = recall.below();
        return below == null || below.contains(event.topicPartition(), event.offset()) ? event : null;
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
