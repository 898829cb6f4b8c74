package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import io.sightline.dedupe.EventId;
import io.sightline.dedupe.EventIds;
import io.sightline.event.Column;
import io.sightline.event.DeadLetter;
import io.sightline.event.Event;
import io.sightline.event.Origin;
import io.sightline.event.Redriven;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.RowReader;
import io.sightline.history.delta.TableFolder;
import io.sightline.rollup.Partial;
import io.sightline.rollup.PartialRows;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of the history, read back file by file as what they were made of. Blocks; not thread-safe.
 *
 * @param <T> what they were made of
 */
final class Recalled<T> implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Recalled.class);

    private final Recall recall;
    private final TableFolder folder;
    private final Deque<String> files;
    private final List<Column> columns;
    private final int timePosition;
    private final int[] neverNull;
    private final Function<@Nullable Object[], @Nullable T> itemOf;
    private @Nullable RowReader reader;
    private boolean foreignSeen;

    /** @param itemOf what a row of these columns was made of; null if it is not wanted */
    private Recalled(
            Recall recall, List<String> files, List<Column> columns, Function<@Nullable Object[], @Nullable T> itemOf) {
        this.recall = recall;
        this.folder = recall.table().folder();
        this.files = new ArrayDeque<>(files);
        this.columns = columns;
        this.timePosition = columns.stream().map(Column::name).toList().indexOf(recall.timeColumn());
        this.neverNull = IntStream.range(0, columns.size())
                .filter(position -> position == timePosition || EventRows.isOfOrigin(columns.get(position)))
                .toArray();
        this.itemOf = itemOf;
    }

    /** Enriched events, of which only the columns of the recall have values. */
    static Recalled<Event> events(Recall recall, List<String> files) {
        PipelineSpec spec = recall.table().spec();
        EventRows rows = new EventRows(spec);
        EventIds ids = new EventIds(spec.deduplicate(), spec.event().schema());
        List<Column> all = rows.columns();
        int[] positions = IntStream.range(0, all.size())
                .filter(position -> recall.needs(all.get(position)))
                .toArray();
        List<Column> columns = IntStream.of(positions).mapToObj(all::get).toList();
        return new Recalled<>(recall, files, columns, read -> {
            @Nullable Object[] row = new Object[all.size()];
            for (int i = 0; i < positions.length; i++) {
                row[positions[i]] = read[i];
            }
            EventId id = ids.of(row);
            Event event = id == null ? rows.event(row, 0, 0) : rows.event(row, id.high(), id.low());
            ProgressVector below = recall.below();
            return below == null || below.contains(event.topicPartition(), event.offset()) ? event : null;
        });
    }

    /** Dead letters. */
    static Recalled<DeadLetter> deadLetters(Recall recall, List<String> files) {
        return ofDeadLetters(recall, files, DeadLetter.class);
    }

    /** What became of dead letters. */
    static Recalled<Redriven> redrives(Recall recall, List<String> files) {
        return ofDeadLetters(recall, files, Redriven.class);
    }

    private static <T> Recalled<T> ofDeadLetters(Recall recall, List<String> files, Class<T> type) {
        ProgressVector below = recall.below();
        return new Recalled<>(recall, files, DeadLetterRows.COLUMNS, row -> {
            Origin origin = DeadLetterRows.origin(row);
            Object item = DeadLetterHistory.item(row);
            boolean wanted = below == null || below.contains(origin.topicPartition(), origin.offset());
            return wanted && type.isInstance(item) ? type.cast(item) : null;
        });
    }

    /** Parts of a rollup. */
    static Recalled<Partial> partials(Recall recall, RollupSpec rollup, List<String> files) {
        PartialRows rows = new PartialRows(rollup, recall.table().spec());
        return new Recalled<>(recall, files, rows.columns(), rows::partial);
    }

    /** The next one; null behind the last. */
    @Nullable
    T next() throws IOException {
        while (true) {
            if (reader == null) {
                String file = files.poll();
                if (file == null) {
                    return null;
                }
                reader = RowReader.open(folder, file, columns);
            }
            @Nullable Object[] row = reader.next();
            if (row == null) {
                close();
                continue;
            }
            if (isForeign(row)) {
                continue;
            }
            long time = (Long) requireNonNull(row[timePosition]);
            T item = time < recall.fromMicros() || time >= recall.beforeMicros() ? null : itemOf.apply(row);
            if (item != null) {
                return item;
            }
        }
    }

    /** Whether another program inserted it: no record of the topic brought it, so it is neither an original nor a copy of one. */
    private boolean isForeign(@Nullable Object[] row) {
        boolean foreign = false;
        for (int position : neverNull) {
            foreign |= row[position] == null;
        }
        if (foreign && !foreignSeen) {
            foreignSeen = true;
            LOG.atWarn()
                    .addKeyValue("table", folder)
                    .log("rows that another program inserted are passed over: they have no time or no origin");
        }
        return foreign;
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
