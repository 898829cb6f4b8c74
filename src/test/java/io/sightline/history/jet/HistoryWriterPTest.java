package io.sightline.history.jet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import io.sightline.event.Event;
import io.sightline.history.DataFile;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.TableFiles;
import io.sightline.history.delta.TableFolder;
import io.sightline.rollup.Sightings;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryWriterPTest {
    private final EventRows rows = new EventRows(Sightings.PIPELINE);
    private final TestOutbox outbox = new TestOutbox(1);
    private final List<String> told = new ArrayList<>();
    private long nanos;
    private int named;

    @TempDir
    private Path folder;

    @Test
    void files_are_closed_at_the_barrier_and_sent_ahead_of_it() throws Exception {
        // Given
        HistoryWriterP<Event> writer = writer(folder, ProgressVector.NONE);
        process(writer, 0, 1, 2);

        // When
        boolean passed = writer.saveToSnapshot();

        // Then
        assertThat(passed).isTrue();
        assertThat(sent()).singleElement().satisfies(file -> {
            assertThat(file.rows()).isEqualTo(3);
            assertThat(folder.resolve(file.path())).exists();
        });
    }

    @Test
    void what_the_table_has_already_is_dropped() throws Exception {
        // Given
        HistoryWriterP<Event> writer = writer(folder, ProgressVector.of(2));

        // When
        process(writer, 0, 1, 2, 3);
        writer.saveToSnapshot();

        // Then
        assertThat(sent()).extracting(DataFile::rows).containsExactly(2L);
    }

    @Test
    void a_barrier_without_events_sends_nothing() throws Exception {
        // Given
        HistoryWriterP<Event> writer = writer(folder, ProgressVector.NONE);

        // Then
        assertThat(writer.saveToSnapshot()).isTrue();
        assertThat(sent()).isEmpty();
    }

    @Test
    void a_full_outbox_holds_the_barrier_back_and_the_files_are_sent_once() throws Exception {
        // Given an outbox with room for one
        HistoryWriterP<Event> writer = writer(folder, ProgressVector.NONE);
        process(writer, 0);
        assertThat(writer.saveToSnapshot()).isTrue();
        process(writer, 1);

        // When
        boolean full = writer.saveToSnapshot();
        List<DataFile> first = sent();
        boolean passed = writer.saveToSnapshot();

        // Then
        assertThat(full).isFalse();
        assertThat(passed).isTrue();
        assertThat(first).hasSize(1);
        assertThat(sent()).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    @Test
    void what_is_not_sealed_when_the_job_ends_leaves_no_file_and_what_was_sent_stays() throws Exception {
        // Given
        HistoryWriterP<Event> writer = writer(folder, ProgressVector.NONE);
        process(writer, 0);
        writer.saveToSnapshot();
        process(writer, 1);

        // When
        writer.close();

        // Then
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .containsExactly(folder.resolve(sent().get(0).path()));
        }
    }

    @Test
    void a_storage_that_takes_nothing_restarts_the_job() throws Exception {
        // Given a file where the table's folder should be
        Path file = Files.writeString(folder.resolve("file"), "");
        HistoryWriterP<Event> writer = writer(file, ProgressVector.NONE);

        // When
        process(writer, 0);

        // Then it is told at once, and nothing passes for a while
        assertThat(told).singleElement().asString().startsWith("a data file cannot be written: ");
        assertThat(writer.saveToSnapshot()).isFalse();

        // And then
        nanos = TimeUnit.SECONDS.toNanos(5);
        assertThatThrownBy(() -> process(writer, 0))
                .isInstanceOf(RestartableException.class)
                .hasMessageContaining("the job goes back to its last snapshot");
    }

    private final class Told implements CommitListener {
        @Override
        public void committed(long version, long rows) {}

        @Override
        public void stalled(String why) {
            told.add(why);
        }
    }

    private HistoryWriterP<Event> writer(Path table, ProgressVector below) throws Exception {
        TableFiles files = new TableFiles(
                TableFolder.of(table.toString(), Map.of()),
                rows.columns(),
                Compression.SNAPPY,
                1 << 20,
                () -> "part-" + named++,
                () -> 0);
        HistoryWriterP<Event> writer = new HistoryWriterP<>(rows, files, below, hazelcast -> new Told(), () -> nanos);
        writer.init(outbox, new TestProcessorContext());
        return writer;
    }

    private static void process(HistoryWriterP<Event> writer, long... offsets) {
        TestInbox inbox = new TestInbox();
        for (long offset : offsets) {
            inbox.add(Sightings.sighting(offset, 1_777_777_777_000L + offset, "place", "item"));
        }
        writer.process(0, inbox);
    }

    private List<DataFile> sent() throws IOException {
        List<Object> items = new ArrayList<>();
        outbox.drainQueueAndReset(0, items, false);
        outbox.reset();
        List<DataFile> files = new ArrayList<>();
        items.forEach(item -> files.addAll(((SealedFiles) item).files()));
        return files;
    }
}
