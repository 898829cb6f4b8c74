package io.sightline.source;

import io.sightline.event.SourceRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * One file that Event Hubs Capture wrote: an Avro object container whose records have, among others, SequenceNumber (long),
 * EnqueuedTimeUtc (text, whole seconds) and Body (bytes). Without any record if nothing came. Not thread-safe.
 */
final class CaptureFile implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("M/d/yyyy h:mm:ss a", Locale.US);
    private static final byte[] NO_VALUE = {};

    private final Path path;
    private final int topicPartition;
    private final long length;
    private final DataFileReader<GenericRecord> events;
    private @Nullable GenericRecord reused;

    private CaptureFile(Path path, int topicPartition, long length, DataFileReader<GenericRecord> events) {
        this.path = path;
        this.topicPartition = topicPartition;
        this.length = length;
        this.events = events;
    }

    /** @throws SourceException if it is no such file */
    static CaptureFile open(FileSystem storage, Path path, int topicPartition) {
        Input input = null;
        try {
            long length = storage.getFileStatus(path).getLen();
            input = new Input(storage.open(path), length);
            return new CaptureFile(
                    path, topicPartition, length, new DataFileReader<>(input, new GenericDatumReader<>()));
        } catch (IOException | RuntimeException e) {
            closeQuietly(input);
            throw SourceException.unreadableCapture(path.toString(), e);
        }
    }

    /**
     * The next record, its offset the sequence number, its timestamp the time it was enqueued; null at the end.
     *
     * @throws SourceException if the file is cut off, or not what Capture writes
     */
    @Nullable
    SourceRecord next() {
        try {
            if (!events.hasNext()) {
                requireWhole();
                return null;
            }
            GenericRecord event = events.next(reused);
            reused = event;
            return new SourceRecord(
                    topicPartition,
                    (Long) event.get("SequenceNumber"),
                    LocalDateTime.parse(String.valueOf(event.get("EnqueuedTimeUtc")), TIME)
                            .toInstant(ZoneOffset.UTC)
                            .toEpochMilli(),
                    bytes(event.get("Body")));
        } catch (IOException | RuntimeException e) {
            throw SourceException.unreadableCapture(path.toString(), e);
        }
    }

    /** To Avro a file that breaks off in a block ends before it. */
    private void requireWhole() throws IOException {
        if (events.previousSync() != length) {
            throw new IOException("it is cut off behind byte " + events.previousSync() + " of " + length);
        }
    }

    private static byte[] bytes(@Nullable Object body) {
        if (body == null) {
            return NO_VALUE;
        }
        ByteBuffer buffer = (ByteBuffer) body;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        closeQuietly(events);
    }

    private static void closeQuietly(@Nullable AutoCloseable open) {
        if (open != null) {
            try {
                open.close();
            } catch (Exception e) {
                // nothing was written
            }
        }
    }

    /** A file as Avro reads it. */
    private record Input(FSDataInputStream in, long length) implements SeekableInput {
        @Override
        public void seek(long position) throws IOException {
            in.seek(position);
        }

        @Override
        public long tell() throws IOException {
            return in.getPos();
        }

        @Override
        public int read(byte[] into, int offset, int most) throws IOException {
            return in.read(into, offset, most);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
