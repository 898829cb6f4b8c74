package io.sightline.history.jet;

import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.delta.TableFiles;
import io.sightline.history.delta.TableFolder;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * The history table of a pipeline, as it travels to the members: what it takes to write it, opened where it is asked for.
 *
 * @param location a folder that every member sees
 * @param commitEvery how often the job takes a snapshot, and so commits
 */
public record HistoryTable(PipelineSpec spec, String location, Compression compression, Duration commitEvery)
        implements Serializable {
    private static final long ROLL_BYTES = 128 << 20;

    String pipeline() {
        return spec.name();
    }

    EventRows rows() {
        return new EventRows(spec);
    }

    TableWriter tableWriter() {
        DeltaTableLog log = new DeltaTableLog(folder(), spec.source().topic(), rows().columns());
        return new TableWriter(log, Clock.systemUTC()::millis);
    }

    TableFiles files(Claim claim) {
        String beginning = "part-" + claim.fence().epoch() + "-";
        return new TableFiles(
                folder(),
                rows().columns(),
                compression,
                ROLL_BYTES,
                () -> beginning + UUID.randomUUID(),
                Clock.systemUTC()::millis);
    }

    Claim claim(WriterIdentity writer, ProgressVector initial, boolean takeOver) throws IOException {
        return tableWriter().claim(new ClaimRequest(writer, commitEvery, takeOver, initial));
    }

    private TableFolder folder() {
        return TableFolder.of(location, Map.of());
    }
}
