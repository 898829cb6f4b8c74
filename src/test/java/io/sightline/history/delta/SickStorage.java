package io.sightline.history.delta;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * A local disk that takes no data files, in one of several ways, until it recovers. To be had in the place of another
 * file system, or by its own scheme.
 */
public final class SickStorage extends RawLocalFileSystem {
    private static volatile @Nullable Sickness sickness;

    /** What is wrong. */
    public enum Sickness {
        READ_ONLY("Permission denied"),
        FULL("No space left on device");

        private final String message;

        Sickness(String message) {
            this.message = message;
        }

        String message() {
            return message;
        }
    }

    public static void have(Sickness now) {
        sickness = now;
    }

    public static void recover() {
        sickness = null;
    }

    /** A folder on it, for who can name a place and no file system. */
    public static String location(java.nio.file.Path folder) {
        return "sick://" + folder.toAbsolutePath();
    }

    /** Null while it is constructed. */
    private @Nullable URI uri;

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
    public FSDataOutputStream create(
            Path file, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        return sick(super.create(file, overwrite, buffer, replication, block, progress), file);
    }

    @Override
    public FSDataOutputStream create(
            Path file,
            FsPermission permission,
            boolean overwrite,
            int buffer,
            short replication,
            long block,
            Progressable progress)
            throws IOException {
        return sick(super.create(file, permission, overwrite, buffer, replication, block, progress), file);
    }

    private FSDataOutputStream sick(FSDataOutputStream out, Path file) throws IOException {
        Sickness now = sickness;
        if (now == null) {
            return out;
        }
        if (now == Sickness.READ_ONLY) {
            out.close();
            delete(file, false);
            throw new IOException(now.message());
        }
        return new FSDataOutputStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException(now.message());
                    }

                    @Override
                    public void close() throws IOException {
                        out.close();
                    }
                },
                null);
    }
}
