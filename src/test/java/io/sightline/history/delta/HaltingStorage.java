package io.sightline.history.delta;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * A local disk whose process ends, without a farewell, at a moment of its work on a table that its environment names. What
 * was written until then stays.
 */
public final class HaltingStorage extends RawLocalFileSystem {
    private static final String MOMENT = "HALTING_STORAGE_MOMENT";
    private static final String ARMED = System.getenv().getOrDefault(MOMENT, "");
    private static final AtomicInteger REACHED = new AtomicInteger();

    /** Null while it is constructed. */
    private @Nullable URI uri;

    /** When a process may end; rows of the protocol's crash table, most of them. */
    public enum Moment {
        /** With some of a data file written, and its rest in memory. */
        WRITING_FILES(2),
        /** With a data file closed, which nobody has heard of. */
        FILES_CLOSED(2),
        /** With a job snapshot complete, and its commit about to be appended. */
        PREPARED(2),
        /** With a commit appended, and nobody told. */
        COMMITTED(2),
        /** With some of a checkpoint written. */
        WRITING_A_CHECKPOINT(1),
        /** With some of a compacted file written. */
        COMPACTING(1),
        /** With rows of the table being read back into the grid. */
        COLD_START(1);

        /** At which time it comes to this. */
        private final int time;

        Moment(int time) {
            this.time = time;
        }

        /** What a process's log says if it ended so. */
        public String lastWords() {
            return "halted at " + this;
        }

        /** For a process that is to end so. */
        public Map<String, String> environment() {
            return Map.of(MOMENT, name());
        }
    }

    /** A folder on it. */
    public static String location(Path folder) {
        return "halting://" + folder.toAbsolutePath();
    }

    static void reached(Moment moment) {
        if (ARMED.equals(moment.name()) && REACHED.incrementAndGet() == moment.time) {
            System.err.println(moment.lastWords());
            System.err.flush();
            Runtime.getRuntime().halt(1);
        }
    }

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        uri = URI.create(name.getScheme() + ":///");
    }

    @Override
    public URI getUri() {
        return uri == null ? super.getUri() : uri;
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int buffer) throws IOException {
        if (file.getName().startsWith("part-")) {
            reached(Moment.COLD_START);
        }
        return super.open(file, buffer);
    }

    @Override
    public FSDataOutputStream create(
            org.apache.hadoop.fs.Path file,
            boolean overwrite,
            int buffer,
            short replication,
            long block,
            Progressable progress)
            throws IOException {
        return watched(super.create(file, overwrite, buffer, replication, block, progress), file.getName());
    }

    @Override
    public FSDataOutputStream create(
            org.apache.hadoop.fs.Path file,
            FsPermission permission,
            boolean overwrite,
            int buffer,
            short replication,
            long block,
            Progressable progress)
            throws IOException {
        return watched(super.create(file, permission, overwrite, buffer, replication, block, progress), file.getName());
    }

    private static FSDataOutputStream watched(FSDataOutputStream out, String file) throws IOException {
        if (file.contains(".checkpoint.")) {
            return watched(out, Moment.WRITING_A_CHECKPOINT, null);
        }
        if (file.startsWith("part-c-")) {
            return watched(out, Moment.COMPACTING, null);
        }
        return file.startsWith("part-") ? watched(out, Moment.WRITING_FILES, Moment.FILES_CLOSED) : out;
    }

    private static FSDataOutputStream watched(FSDataOutputStream out, Moment whileWriting, @Nullable Moment whenClosed)
            throws IOException {
        return new FSDataOutputStream(
                new OutputStream() {
                    private boolean begun;

                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        out.write(bytes, offset, length);
                        if (begun) {
                            out.flush();
                            reached(whileWriting);
                        }
                        // The first write is no more than the mark that every Parquet file begins with.
                        begun = true;
                    }

                    @Override
                    public void close() throws IOException {
                        out.close();
                        if (whenClosed != null) {
                            reached(whenClosed);
                        }
                    }
                },
                null);
    }
}
