package io.sightline.source;

import io.sightline.event.SourceRecord;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recorded file, read as if it were a topic: one record a line, plain or gzip (told by its first bytes). Lines are bytes
 * and end at {@code \n}; an empty line is an empty record, a {@code \r} belongs to its record, and the last line may lack
 * its {@code \n}. Read as a stream, so a file may be larger than memory; one line may not.
 *
 * <p>Line {@code n}, counted from 0, is in topic partition {@code n % topicPartitions}. Its timestamp is the source time
 * of the whole file: the greatest plausible event time so far, in file order, and so the same with any number of topic
 * partitions. What is plausible at the very beginning is judged against the middle (median) event time of the first
 * {@value #OPENING} records, so that one camera clock in 2099 in the first line does not carry the day.
 *
 * <p>Not thread-safe.
 */
public final class RecordedFile implements AutoCloseable {
    private static final int OPENING = 101;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_FIRST_BYTE = 0x1f;
    private static final int GZIP_SECOND_BYTE = 0x8b;

    private final Path file;
    private final EventTimes eventTimes;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private final Deque<byte[]> opening = new ArrayDeque<>();
    private final long[] nextOffsets;
    private long line;
    private long sourceTime;

    private RecordedFile(Path file, int topicPartitions, EventTimes eventTimes, InputStream in) {
        this.file = file;
        this.eventTimes = eventTimes;
        this.in = in;
        this.nextOffsets = new long[topicPartitions];
    }

    /**
     * Opens a file.
     *
     * @param topicPartitions how many topic partitions to spread it over; at least 1
     * @throws SourceException if it cannot be read
     */
    public static RecordedFile open(Path file, int topicPartitions, EventTimes eventTimes) {
        if (topicPartitions < 1) {
            throw new IllegalArgumentException("topic partitions must be at least 1, not " + topicPartitions);
        }
        InputStream in = null;
        try {
            in = Files.newInputStream(file);
            RecordedFile opened = new RecordedFile(file, topicPartitions, eventTimes, unpacked(in));
            opened.readOpening();
            return opened;
        } catch (IOException e) {
            closeQuietly(in);
            throw SourceException.unreadableFile(file.toString(), e);
        }
    }

    /**
     * Reads a file to its end, to find what is wrong with it before a job does.
     *
     * @throws SourceException if it cannot be read, a cut gzip file for example
     */
    public static void check(Path file) {
        try (InputStream in = Files.newInputStream(file);
                InputStream unpacked = unpacked(in)) {
            unpacked.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw SourceException.unreadableFile(file.toString(), e);
        }
    }

    /**
     * The next record in file order; null at the end.
     *
     * @throws SourceException if the file cannot be read on, a cut gzip file for example
     */
    public @Nullable SourceRecord next() {
        byte[] value = opening.poll();
        try {
            if (value == null) {
                value = readLine();
            }
        } catch (IOException e) {
            throw SourceException.unreadableFile(file + ", line " + (line + 1) + ",", e);
        }
        if (value == null) {
            return null;
        }
        sourceTime = Math.max(sourceTime, eventTimes.greatestPlausible(value, sourceTime));
        int partition = (int) (line % nextOffsets.length);
        line++;
        // A file without any event time has one source time: the beginning of 1970.
        return new SourceRecord(partition, nextOffsets[partition]++, Math.max(0, sourceTime), value);
    }

    @Override
    public void close() {
        closeQuietly(in);
    }

    /** Reads ahead and sets source time to the first event time that is plausible beside the others. */
    private void readOpening() throws IOException {
        long[] times = new long[OPENING];
        int found = 0;
        for (int i = 0; i < OPENING; i++) {
            byte[] value = readLine();
            if (value == null) {
                break;
            }
            opening.add(value);
            long time = eventTimes.greatestPlausible(value, EventTimes.NONE);
            if (time != EventTimes.NONE) {
                times[found++] = time;
            }
        }
        sourceTime = EventTimes.NONE;
        if (found == 0) {
            return;
        }
        Arrays.sort(times, 0, found);
        long median = times[(found - 1) / 2];
        for (byte[] value : opening) {
            sourceTime = eventTimes.greatestPlausible(value, median);
            if (sourceTime != EventTimes.NONE) {
                return;
            }
        }
        sourceTime = median;
    }

    private byte @Nullable [] readLine() throws IOException {
        ByteArrayOutputStream pieces = null;
        while (true) {
            if (position == limit && !fill()) {
                return pieces == null ? null : pieces.toByteArray();
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (end < limit && pieces == null) {
                byte[] whole = Arrays.copyOfRange(buffer, position, end);
                position = end + 1;
                return whole;
            }
            if (pieces == null) {
                pieces = new ByteArrayOutputStream();
            }
            pieces.write(buffer, position, end - position);
            position = Math.min(end + 1, limit);
            if (end < limit) {
                return pieces.toByteArray();
            }
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    private static InputStream unpacked(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
        buffered.mark(2);
        boolean gzip = buffered.read() == GZIP_FIRST_BYTE && buffered.read() == GZIP_SECOND_BYTE;
        buffered.reset();
        return gzip ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered;
    }

    private static void closeQuietly(@Nullable InputStream in) {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                // nothing was written
            }
        }
    }
}
