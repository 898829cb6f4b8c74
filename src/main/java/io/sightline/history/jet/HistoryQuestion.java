package io.sightline.history.jet;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.HistoryException;
import io.sightline.history.RowCondition;
import io.sightline.history.delta.TableReader;
import io.sightline.history.delta.TableVersion;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about the table of the events of a pipeline that has a history. It is answered where the storage can be reached: on a member, for a
 * gateway holds no key to it.
 *
 * @param <T> the answer, which travels
 */
public sealed interface HistoryQuestion<T> extends Callable<T>, Serializable {
    /**
     * Answers, with exceptions that a client of the grid knows: it is told their class by a number.
     *
     * @throws IOException if the storage does not answer
     * @throws IllegalArgumentException if there is no such table or version; the message does not say where the table is
     * @throws TimeoutException if it takes too long
     */
    @Override
    default T call() throws IOException, TimeoutException {
        try {
            return answer();
        } catch (HistoryException e) {
            throw new IllegalArgumentException(e.reason(), e);
        } catch (InterruptedIOException e) {
            throw new TimeoutException(e.getMessage());
        } catch (IOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * The same, with exceptions as they are.
     *
     * @throws HistoryException if there is no such table or version
     */
    T answer() throws IOException;

    /** Which versions there are: the newest so many, newest first. */
    record Versions(PipelineSpec pipeline, int most) implements HistoryQuestion<ArrayList<TableVersion>> {
        @Override
        public ArrayList<TableVersion> answer() throws IOException {
            ArrayList<TableVersion> versions = new ArrayList<>(open(pipeline).versions(most));
            Collections.reverse(versions);
            return versions;
        }
    }

    /**
     * The newest rows of a version that meet all conditions.
     *
     * @param version null for that of the moment, or the newest
     * @param moment null for none
     * @param last only rows so young when the version was made; null for all
     * @param columns which of each row; one that the version does not have is left out
     * @param limit how many rows at most
     * @param within how long it may take
     */
    record AsOf(
            PipelineSpec pipeline,
            @Nullable Long version,
            @Nullable Instant moment,
            @Nullable Duration last,
            List<RowCondition> conditions,
            List<String> columns,
            int limit,
            Duration within)
            implements HistoryQuestion<Answer> {
        public AsOf {
            conditions = List.copyOf(conditions);
            columns = List.copyOf(columns);
        }

        @Override
        public Answer answer() throws IOException {
            long until = System.nanoTime() + within.toNanos();
            TableReader table = open(pipeline);
            long shown = version != null ? version : moment != null ? table.at(moment) : table.newest();
            List<Column> wanted = table.columns(shown, columns);
            Column time = new Column(pipeline.event().schema().timeField(), FieldType.TIMESTAMP);
            Instant made = table.time(shown);
            List<RowCondition> all = new ArrayList<>(conditions);
            if (last != null) {
                long since = ChronoUnit.MICROS.between(Instant.EPOCH, made.minus(last));
                all.add(new RowCondition(time, RowCondition.Operator.GREATER_OR_EQUAL, since));
            }
            TableReader.Rows rows =
                    table.newestRows(shown, all, time, wanted, limit, () -> System.nanoTime() - until > 0);
            return new Answer(shown, made, wanted, rows);
        }
    }

    /**
     * Rows as they were.
     *
     * @param made when the version was made
     * @param columns of the rows, in order
     */
    record Answer(long version, Instant made, List<Column> columns, TableReader.Rows rows) implements Serializable {}

    private static TableReader open(PipelineSpec pipeline) throws IOException {
        return TableReader.open(HistoryTable.ofEvents(pipeline).folder());
    }
}
