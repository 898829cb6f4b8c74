package io.sightline.source;

import io.sightline.event.SourceRecord;
import io.sightline.spec.SourceSpec.Start;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * What Event Hubs Capture kept of one event hub: the files of each topic partition, in order. Times and sequence numbers rise
 * from file to file, so a place among them is found by looking into a few. Immutable; everything blocks.
 */
public final class CaptureFolder {
    private static final Pattern FILE =
            Pattern.compile("(?<hub>.*)/(?<partition>\\d{1,5})/(?<time>\\d{4}(/\\d{2}){5})\\.avro");

    private final FileSystem storage;
    private final SortedMap<Integer, List<Path>> files;

    private CaptureFolder(FileSystem storage, SortedMap<Integer, List<Path>> files) {
        this.storage = storage;
        this.files = files;
    }

    /**
     * Lists a folder, as it is now.
     *
     * @param configuration knows the folder's file system
     * @throws SourceException if it cannot be listed, has no such files, or has those of several event hubs
     */
    public static CaptureFolder list(Path folder, Configuration configuration) {
        SortedMap<Integer, List<Path>> files = new TreeMap<>();
        SortedSet<String> hubs = new TreeSet<>();
        try {
            FileSystem storage = folder.getFileSystem(configuration);
            List<Path> found = new ArrayList<>();
            addFiles(storage, folder, found);
            for (Path file : found) {
                Matcher matched = FILE.matcher(file.toString());
                if (matched.matches()) {
                    hubs.add(matched.group("hub"));
                    files.computeIfAbsent(Integer.valueOf(matched.group("partition")), none -> new ArrayList<>())
                            .add(file);
                }
            }
            if (hubs.isEmpty()) {
                throw SourceException.noCaptureFiles(folder.toString());
            }
            if (hubs.size() > 1) {
                throw SourceException.severalHubs(folder.toString(), hubs);
            }
            // Below one hub and partition, the path is the time.
            files.values().forEach(ofPartition -> ofPartition.sort(Comparator.naturalOrder()));
            return new CaptureFolder(storage, files);
        } catch (IOException e) {
            throw SourceException.unreachableCapture(folder.toString(), e);
        }
    }

    /** Not listFiles: it asks for the owner of each file, on a local disk with a process of its own. */
    private static void addFiles(FileSystem storage, Path folder, List<Path> found) throws IOException {
        for (FileStatus entry : storage.listStatus(folder)) {
            if (entry.isDirectory()) {
                addFiles(storage, entry.getPath(), found);
            } else {
                found.add(entry.getPath());
            }
        }
    }

    /**
     * The events of a span of time, by the time they were enqueued.
     *
     * @param end the first moment after the span; null for all there is
     * @throws SourceException if a file cannot be read
     */
    public OffsetRange range(Start start, @Nullable Instant end) {
        SortedMap<Integer, Long> from = new TreeMap<>();
        SortedMap<Integer, Long> to = new TreeMap<>();
        files.keySet().forEach(partition -> {
            long first = position(partition, start instanceof Start.At at ? before(at.time()) : event -> false).next;
            from.put(partition, first);
            to.put(
                    partition,
                    Math.max(first, position(partition, end == null ? event -> true : before(end)).behindLast));
        });
        return new OffsetRange(from, to);
    }

    private static Predicate<SourceRecord> before(Instant time) {
        return event -> event.timestampMillis() < time.toEpochMilli();
    }

    /**
     * A place among the events of a topic partition. Between its two sides may lie sequence numbers that no file has.
     *
     * @param behindLast one more than the sequence number of the last event before it; 0 if there is none
     * @param next the sequence number of the first event that is not before it; that of {@code behindLast} if there is none
     */
    private record Position(long behindLast, long next) {}

    private Position position(int partition, Predicate<SourceRecord> before) {
        long behindLast = 0;
        try (Events events = new Events(partition, before)) {
            for (SourceRecord event; (event = events.next()) != null; behindLast = event.offset() + 1) {
                if (!before.test(event)) {
                    return new Position(behindLast, event.offset());
                }
            }
        }
        return new Position(behindLast, behindLast);
    }

    /** The events of a topic partition with this sequence number and greater ones; to be closed. */
    Events from(int partition, long sequenceNumber) {
        return new Events(partition, event -> event.offset() <= sequenceNumber);
    }

    /**
     * The events of one topic partition, from the last file that begins before a place. Sequence numbers rise: what a file
     * repeats of an earlier one is left out.
     */
    final class Events implements AutoCloseable {
        private final int partition;
        private final List<Path> inOrder;
        private int nextFile;
        private @Nullable CaptureFile open;
        private long lastSequenceNumber = -1;

        /** @param before tells what is before the place; what comes after an event that is not, is not either */
        Events(int partition, Predicate<SourceRecord> before) {
            this.partition = partition;
            this.inOrder = files.getOrDefault(partition, List.of());
            this.nextFile = Math.max(0, filesThatBegin(before) - 1);
        }

        /** Null behind the last one. */
        @Nullable
        SourceRecord next() {
            while (true) {
                if (open == null) {
                    if (nextFile == inOrder.size()) {
                        return null;
                    }
                    open = CaptureFile.open(storage, inOrder.get(nextFile++), partition);
                }
                SourceRecord event = open.next();
                if (event == null) {
                    close();
                } else if (event.offset() > lastSequenceNumber) {
                    lastSequenceNumber = event.offset();
                    return event;
                }
            }
        }

        /** So many files there are up to the last one that begins before the place. */
        private int filesThatBegin(Predicate<SourceRecord> before) {
            int low = 0;
            int high = inOrder.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                int file = middle;
                SourceRecord first = first(file);
                // A file of a silent time has nothing to go by; the next one has.
                while (first == null && ++file < high) {
                    first = first(file);
                }
                if (first != null && before.test(first)) {
                    low = file + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private @Nullable SourceRecord first(int file) {
            try (CaptureFile opened = CaptureFile.open(storage, inOrder.get(file), partition)) {
                return opened.next();
            }
        }

        @Override
        public void close() {
            if (open != null) {
                open.close();
                open = null;
            }
        }
    }
}
