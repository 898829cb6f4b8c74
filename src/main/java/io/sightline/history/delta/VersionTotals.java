package io.sightline.history.delta;

import io.delta.standalone.Snapshot;
import io.delta.standalone.VersionLog;
import io.delta.standalone.actions.Action;
import io.delta.standalone.actions.AddFile;
import io.delta.standalone.actions.CommitInfo;
import io.delta.standalone.actions.RemoveFile;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows, files and bytes of a table while its versions are gone through, from one on. */
final class VersionTotals {
    private record Size(@Nullable Long rows, long bytes) {}

    private final Map<String, Size> files = new HashMap<>();
    private long rows;
    private long bytes;
    /** Files of other programs that do not say how many rows they have. */
    private int unknown;

    VersionTotals(Snapshot oldest) {
        oldest.getAllFiles().forEach(this::add);
    }

    /** The version that this makes. The oldest may be gone through once more. */
    TableVersion after(VersionLog change, Instant time) {
        String operation = "";
        String writer = null;
        for (Action action : change.getActions()) {
            if (action instanceof AddFile file) {
                add(file);
            } else if (action instanceof RemoveFile file) {
                count(files.remove(file.getPath()), -1);
            } else if (action instanceof CommitInfo info) {
                operation = info.getUserMetadata().flatMap(CommitNote::action).orElse(info.getOperation());
                writer = info.getUserMetadata()
                        .flatMap(CommitNote::writer)
                        .or(info::getEngineInfo)
                        .orElse(null);
            }
        }
        return new TableVersion(
                change.getVersion(), time, operation, unknown == 0 ? (Long) rows : null, files.size(), bytes, writer);
    }

    private void add(AddFile file) {
        Size size = new Size(FileBounds.of(file).rows(), file.getSize());
        count(files.put(file.getPath(), size), -1);
        count(size, 1);
    }

    private void count(@Nullable Size size, int times) {
        if (size != null) {
            bytes += times * size.bytes();
            if (size.rows() == null) {
                unknown += times;
            } else {
                rows += times * size.rows();
            }
        }
    }
}
