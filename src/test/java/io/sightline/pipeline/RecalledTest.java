package io.sightline.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Event;
import io.sightline.history.DataFile;
import io.sightline.history.EventRows;
import io.sightline.history.delta.TableFiles;
import io.sightline.history.jet.HistoryTable;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecalledTest {
    private static final LocalDate DAY = LocalDate.of(2026, 3, 14);
    private static final long ALL = Long.MAX_VALUE;

    @TempDir
    Path folder;

    @Test
    void rowsThatAnotherProgramInsertedArePassedOver() throws Exception {
        // Given
        PipelineSpec spec = Detections.spec(
                "detections", yaml -> yaml.replaceFirst("table: .*", "table: " + folder.resolve("history")));
        EventRows rows = new EventRows(spec);
        Event first = Detections.event(spec, 1, "loc-001", Detections.NINE_MILLIS);
        Event last = Detections.event(spec, 2, "loc-001", Detections.NINE_MILLIS);
        @Nullable Object[] foreign = new Object[rows.columns().size()];
        foreign[spec.event().schema().indexOf("event_id")] = "inserted";
        foreign[spec.event().schema().indexOf("event_time")] = first.eventTimeMicros();
        HistoryTable table = HistoryTable.ofEvents(spec);
        TableFiles files = new TableFiles(
                table.folder(), rows.columns(), Compression.SNAPPY, Long.MAX_VALUE, () -> "part", () -> 0);

        // When
        files.write(DAY, rows.row(first));
        files.write(DAY, foreign);
        files.write(DAY, rows.row(last));
        List<String> written = files.seal().stream().map(DataFile::path).toList();

        // Then
        assertThat(offsets(table, written, "source_time")).containsExactly(1L, 2L);
        assertThat(offsets(table, written, "event_time")).containsExactly(1L, 2L);
    }

    private static List<Long> offsets(HistoryTable table, List<String> files, String timeColumn) throws Exception {
        Recall recall = new Recall(table, files, timeColumn, Long.MIN_VALUE, ALL, null, Set.of("event_id"));
        List<Long> offsets = new ArrayList<>();
        try (Recalled<Event> recalled = Recalled.events(recall, files)) {
            for (Event event; (event = recalled.next()) != null; ) {
                offsets.add(event.offset());
            }
        }
        return offsets;
    }
}
