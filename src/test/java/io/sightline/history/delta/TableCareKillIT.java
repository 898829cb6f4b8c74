package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes and cares, killed with {@code kill -9} at moments that a seed gives. */
final class TableCareKillIT {
    private static final int KILLS = 4;
    private static final long POLL_MILLIS = 2;
    private static final long SEED = 20260501;

    @TempDir
    private Path folder;

    @Test
    @Timeout(300)
    void a_process_killed_while_it_writes_and_cares_leaves_each_row_once_and_every_version_readable() throws Exception {
        // Given
        Path tableFolder = folder.resolve("table");
        Random random = new Random(SEED);

        // When
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = start(tableFolder, SEED + kill);
            long until = files(tableFolder) + 15 + random.nextInt(40);
            while (files(tableFolder) < until) {
                assertThat(process.isAlive()).as(Files.readString(log())).isTrue();
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }

        // Then
        TestTable table = new TestTable(tableFolder);
        assertThat(table.nextOffset()).isPositive();
        table.checkWhole();
        List<Long> versions = VersionList.of(table.table()).numbers();
        for (int i = 0; i < versions.size(); i += 10) {
            TableChecker.check(tableFolder, versions.get(i));
        }

        // When what the killed left over is old
        table.age(Duration.ofDays(30));
        TableCare care = new TableCare(table.table(), Compression.SNAPPY, null, System::currentTimeMillis);
        care.vacuum(Instant.now());

        // Then only what the newest version names is left
        table.checkWhole();
        assertThat(TableChecker.dataFiles(tableFolder))
                .hasSameSizeAs(table.newest().files(null));
    }

    private Path log() {
        return folder.resolve("process.log");
    }

    private Process start(Path tableFolder, long seed) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WritesAndCares.class.getName(),
                        tableFolder.toString(),
                        String.valueOf(seed)))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private static long files(Path tableFolder) throws IOException {
        if (!Files.isDirectory(tableFolder)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(tableFolder)) {
            return all.count();
        } catch (UncheckedIOException e) {
            // A file that went while it was counted.
            return 0;
        }
    }
}
