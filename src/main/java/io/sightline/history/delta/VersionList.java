package io.sightline.history.delta;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The versions of a table that can still be read, and since when each has been the newest, by the storage's clock. Older ones
 * have gone from the log. Immutable.
 */
final class VersionList {
    private static final Pattern COMMIT = Pattern.compile("(\\d{20})\\.json");
    private static final Pattern CHECKPOINT =
            Pattern.compile("(\\d{20})\\.checkpoint(?:\\.\\d{10}\\.(\\d{10}))?\\.parquet");

    private final NavigableMap<Long, Long> millisByVersion;

    private VersionList(NavigableMap<Long, Long> millisByVersion) {
        this.millisByVersion = millisByVersion;
    }

    /**
     * Lists the log.
     *
     * @throws io.sightline.history.HistoryException if there is no version
     */
    static VersionList of(TableFolder folder) throws IOException {
        NavigableMap<Long, Long> versions = new TreeMap<>();
        Map<Long, Integer> parts = new HashMap<>();
        Set<Long> checkpoints = new HashSet<>();
        for (FileStatus file : list(folder)) {
            Matcher commit = COMMIT.matcher(file.getPath().getName());
            Matcher checkpoint = CHECKPOINT.matcher(file.getPath().getName());
            if (commit.matches()) {
                versions.put(Long.parseLong(commit.group(1)), file.getModificationTime());
            } else if (checkpoint.matches()) {
                long version = Long.parseLong(checkpoint.group(1));
                int all = checkpoint.group(2) == null ? 1 : Integer.parseInt(checkpoint.group(2));
                if (parts.merge(version, 1, Integer::sum) == all) {
                    checkpoints.add(version);
                    versions.putIfAbsent(version, file.getModificationTime());
                }
            }
        }
        if (versions.isEmpty()) {
            throw DeltaErrors.noTable(folder);
        }
        return readable(versions, checkpoints);
    }

    private static FileStatus[] list(TableFolder folder) throws IOException {
        try {
            return folder.fileSystem().listStatus(new Path(folder.path(), "_delta_log"));
        } catch (FileNotFoundException e) {
            throw DeltaErrors.noTable(folder);
        }
    }

    /** Those from which no gap leads up to the newest, and that need nothing from before the oldest of them. */
    private static VersionList readable(NavigableMap<Long, Long> versions, Set<Long> checkpoints) {
        long lowest = versions.lastKey();
        while (versions.containsKey(lowest - 1)) {
            lowest--;
        }
        while (lowest > 0 && lowest < versions.lastKey() && !checkpoints.contains(lowest)) {
            lowest++;
        }
        NavigableMap<Long, Long> readable = new TreeMap<>();
        long before = Long.MIN_VALUE;
        for (Map.Entry<Long, Long> version : versions.tailMap(lowest, true).entrySet()) {
            // As Delta does: time never goes back from one version to the next.
            before = Math.max(before + 1, version.getValue());
            readable.put(version.getKey(), before);
        }
        return new VersionList(readable);
    }

    long oldest() {
        return millisByVersion.firstKey();
    }

    long newest() {
        return millisByVersion.lastKey();
    }

    boolean contains(long version) {
        return millisByVersion.containsKey(version);
    }

    List<Long> numbers() {
        return List.copyOf(millisByVersion.keySet());
    }

    /** When a readable version was committed. */
    Instant time(long version) {
        return Instant.ofEpochMilli(requireNonNull(millisByVersion.get(version)));
    }

    /** The version that was the newest at that moment; the oldest one if that is later. */
    long at(Instant moment) {
        long found = oldest();
        for (Map.Entry<Long, Long> version : millisByVersion.entrySet()) {
            if (version.getValue() <= moment.toEpochMilli()) {
                found = version.getKey();
            }
        }
        return found;
    }
}
