package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.spec.HistorySpec.Compression;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark with Delta reads a history table, and compacts and changes it, in between of what the writer and table care do. Spark
 * is a process of its own, with the class path of {@code src/test/spark/pom.xml}. Only with {@code -Pspark}: it fetches 290 MB.
 */
@Tag("spark")
final class SparkIT {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final List<String> OPENED = List.of(
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.io",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/sun.nio.ch",
            "java.base/sun.util.calendar");

    @TempDir
    private Path folder;

    @Test
    @Timeout(3600)
    void spark_reads_what_is_written_and_what_spark_writes_is_read_and_compacted() throws Exception {
        // Given
        Path at = folder.resolve("table");
        TestTable table = new TestTable(at);
        table.commit(DAY, 10);
        table.commit(DAY, 20);
        table.commit(DAY.plusDays(1), 30);
        new TableCare(table.table(), Compression.ZSTD, null, System::currentTimeMillis).compact();
        table.commit(DAY.plusDays(1), 5);
        String name = "delta.`" + at + "`";

        // When Spark reads the table, its history and an earlier version
        List<String> read = spark(
                "SELECT count(*), count(DISTINCT record_offset), sum(record_offset) FROM " + name,
                "SELECT count(*) FROM " + name + " VERSION AS OF 2",
                "SELECT count(*) FROM " + name
                        + " WHERE event_date = '2026-05-02' AND event_time >= '2026-05-02T00:00:00Z'",
                "DESCRIBE DETAIL " + name,
                "DESCRIBE HISTORY " + name + " LIMIT 1");

        // Then
        assertThat(read).startsWith("65|65|2080", "30", "35").hasSize(5);
        assertThat(read.get(3)).contains("delta.appendOnly -> true", "|1|2|");
        assertThat(read.get(4)).contains("STREAMING UPDATE", "Sightline");

        // When Spark adds a column and compacts, and the writer goes on
        List<String> changed = spark(
                "ALTER TABLE " + name + " ADD COLUMN note STRING",
                "OPTIMIZE " + name,
                "SELECT count(*), count(note) FROM " + name);
        table.commit(DAY, 7);
        TableCare.Figures figures =
                new TableCare(table.table(), Compression.SNAPPY, null, System::currentTimeMillis).compact();

        // Then the files of both are one, with the same rows
        assertThat(changed).endsWith("65|0");
        assertThat(figures.filesCompacted()).isPositive();
        table.checkWhole();
        assertThat(spark("SELECT count(*), count(DISTINCT record_offset) FROM " + name, "VACUUM " + name))
                .startsWith("72|72");
        assertThat(TableReader.open(table.table()).versions(100))
                .extracting(TableVersion::operation)
                .contains("OPTIMIZE", "ADD COLUMNS", "COMPACT");
        table.checkWhole();
    }

    private List<String> spark(String... statements) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g"));
        OPENED.forEach(opened -> command.addAll(List.of("--add-opens", opened + "=ALL-UNNAMED")));
        command.add("-Dspark.sql.warehouse.dir=" + folder.resolve("warehouse"));
        command.addAll(List.of("-cp", classPath(), "src/test/spark/RunsSql.java"));
        command.addAll(List.of(statements));
        return run(command, "spark")
                .lines()
                .filter(line -> line.startsWith("> "))
                .map(line -> line.substring(2))
                .toList();
    }

    private String classPath() throws IOException, InterruptedException {
        Path file = folder.resolve("class-path");
        if (!Files.exists(file)) {
            run(
                    List.of(
                            "./mvnw",
                            "-B",
                            "-ntp",
                            "-f",
                            "src/test/spark/pom.xml",
                            "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath",
                            "-Dmdep.outputFile=" + file),
                    "resolve");
        }
        return Files.readString(file).strip();
    }

    private String run(List<String> command, String what) throws IOException, InterruptedException {
        File out = folder.resolve(what + ".out").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out)
                .start();
        try {
            boolean ended = process.waitFor(20, TimeUnit.MINUTES);
            String said = Files.readString(out.toPath());
            assertThat(ended && process.exitValue() == 0).as(said).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
