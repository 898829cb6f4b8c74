package io.sightline.history.delta;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What delta-kernel finds in a history table, for tests of other packages. */
public final class TableRows {
    private TableRows() {}

    /** All rows, by column; timestamps are in microseconds since 1970. */
    public static List<Map<String, @Nullable Object>> all(Path folder) {
        try {
            return KernelTable.newest(folder).rows();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The origins of all rows, in order; one that is there twice is in the list twice. */
    public static List<Origin> origins(Path folder) {
        return origins(KernelTable.newest(folder));
    }

    /** The same of a table on any storage. */
    public static List<Origin> origins(TableFolder folder) {
        return origins(KernelTable.newest(folder));
    }

    private static List<Origin> origins(KernelTable table) {
        List<Origin> origins = new ArrayList<>();
        try {
            table.eachFile(
                    List.of("topic_partition", "record_offset", "record_index"),
                    file -> file.rows()
                            .forEach(row -> origins.add(new Origin(
                                    (Integer) requireNonNull(row.get("topic_partition")),
                                    (Long) requireNonNull(row.get("record_offset")),
                                    (Integer) requireNonNull(row.get("record_index"))))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.sort(origins);
        return origins;
    }
}
