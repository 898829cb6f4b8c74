package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.storage.CloseableIterator;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkLogStoreTest {
    private static final int WRITERS = 6;
    private static final int VERSIONS = 100;

    private final Configuration configuration = new Configuration();
    private final LinkLogStore store = new LinkLogStore(configuration);

    @TempDir
    private Path folder;

    @Test
    void of_many_writers_exactly_one_gets_each_version_and_its_text_is_whole() throws Exception {
        // Given
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        List<Future<List<Integer>>> winners = new ArrayList<>();

        // When
        for (int i = 0; i < WRITERS; i++) {
            String text = "writer-" + i;
            winners.add(threads.submit(race(start, text)));
        }
        int won = 0;
        for (Future<List<Integer>> winner : winners) {
            won += winner.get().size();
        }
        threads.shutdown();

        // Then
        assertThat(won).isEqualTo(VERSIONS);
        for (int version = 0; version < VERSIONS; version++) {
            List<String> lines = Files.readAllLines(folder.resolve(version + ".json"));
            assertThat(lines).hasSize(50).containsOnly(lines.get(0));
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).as("no draft is left").hasSize(VERSIONS);
        }
    }

    private Callable<List<Integer>> race(CyclicBarrier start, String text) {
        LinkLogStore own = new LinkLogStore(configuration);
        return () -> {
            List<Integer> won = new ArrayList<>();
            for (int version = 0; version < VERSIONS; version++) {
                start.await();
                try {
                    own.write(
                            at(version + ".json"),
                            Stream.generate(() -> text).limit(50).iterator(),
                            false,
                            configuration);
                    won.add(version);
                } catch (FileAlreadyExistsException e) {
                    // Another was first.
                }
            }
            return won;
        };
    }

    @Test
    void a_name_that_is_taken_is_refused_and_keeps_its_text() throws IOException {
        // Given
        write("0.json", false, "first");

        // Then
        assertThatThrownBy(() -> write("0.json", false, "second")).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(lines("0.json")).containsExactly("first");
    }

    @Test
    void what_may_be_overwritten_is() throws IOException {
        // Given
        write("_last_checkpoint", true, "first");

        // When
        write("_last_checkpoint", true, "second", "and \u20AC");

        // Then
        assertThat(lines("_last_checkpoint")).containsExactly("second", "and \u20AC");
    }

    @Test
    void a_listing_begins_where_it_is_told_and_shows_no_draft() throws IOException {
        // Given
        write("00.json", false, "a");
        write("02.json", false, "a");
        write("01.json", false, "a");
        Files.writeString(folder.resolve(".03.json.0f3b"), "of a process that died");

        // When
        Iterator<FileStatus> listed = store.listFrom(at("01.json"), configuration);

        // Then
        List<String> names = new ArrayList<>();
        listed.forEachRemaining(status -> names.add(status.getPath().getName()));
        assertThat(names).containsExactly("01.json", "02.json");
    }

    @Test
    void a_file_that_is_not_there_is_not_found() {
        assertThatThrownBy(() -> store.read(at("0.json"), configuration)).isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void a_log_that_is_not_there_cannot_be_listed() {
        assertThatThrownBy(() -> store.listFrom(at("nowhere/0.json"), configuration))
                .isInstanceOf(FileNotFoundException.class);
    }

    private void write(String name, boolean overwrite, String... lines) throws IOException {
        store.write(at(name), List.of(lines).iterator(), overwrite, configuration);
    }

    private List<String> lines(String name) throws IOException {
        List<String> lines = new ArrayList<>();
        try (CloseableIterator<String> read = store.read(at(name), configuration)) {
            read.forEachRemaining(lines::add);
        }
        return lines;
    }

    private org.apache.hadoop.fs.Path at(String name) {
        return new org.apache.hadoop.fs.Path(folder.resolve(name).toUri());
    }
}
