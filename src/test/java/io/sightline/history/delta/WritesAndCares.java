package io.sightline.history.delta;

import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Random;

/** A process that writes a table and cares for it until it is killed: {@code WritesAndCares FOLDER SEED}. */
final class WritesAndCares {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final long SMALL = 40_000;

    private WritesAndCares() {}

    public static void main(String[] arguments) throws IOException {
        Random random = new Random(Long.parseLong(arguments[1]));
        TestTable table = new TestTable(Path.of(arguments[0]));
        TableCare care = new TableCare(table.table(), Compression.SNAPPY, null, System::currentTimeMillis, SMALL);
        while (true) {
            table.commit(DAY.plusDays(random.nextInt(3)), 1 + random.nextInt(200));
            if (random.nextInt(3) == 0) {
                care.compact();
            } else {
                care.care(NOON);
            }
        }
    }
}
