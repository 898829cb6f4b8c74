package io.sightline.history.delta;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What delta-kernel finds in a history table, for tests of other packages. */
public final class TableRows {
    private TableRows() {}

    /** The origins of all rows, in order; one that is there twice is in the list twice. */
    public static List<Origin> origins(Path folder) throws IOException {
        return KernelTable.newest(folder).rows().stream()
                .map(row -> new Origin(
                        (Integer) requireNonNull(row.get("topic_partition")),
                        (Long) requireNonNull(row.get("record_offset")),
                        (Integer) requireNonNull(row.get("record_index"))))
                .sorted()
                .toList();
    }
}
