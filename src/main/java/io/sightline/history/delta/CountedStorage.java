package io.sightline.history.delta;

import io.delta.storage.AzureLogStore;
import java.io.IOException;
import java.net.URI;
import java.util.EnumMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A local disk that is used as Azure's storage is, and counts the calls: each would be a request over the network there, and
 * what a commit costs. Counts for the whole process.
 */
public final class CountedStorage extends FilterFileSystem {
    private static final String SCHEME = "counted";
    private static final Map<Call, Long> CALLS = new EnumMap<>(Call.class);

    /** What is asked of the storage. */
    public enum Call {
        LIST,
        OPEN,
        CREATE,
        RENAME,
        DELETE,
        STATUS
    }

    /** Made by Hadoop, by reflection. */
    public CountedStorage() {
        super(new Disk());
    }

    /** A folder of the local disk whose use is counted. */
    public static TableFolder folder(java.nio.file.Path path) {
        return TableFolder.of(
                SCHEME + "://" + path.toAbsolutePath(),
                Map.of(
                        "fs." + SCHEME + ".impl",
                        CountedStorage.class.getName(),
                        "delta.logStore." + SCHEME + ".impl",
                        AzureLogStore.class.getName()));
    }

    /** How many calls of each kind there were so far; one that never was is absent. */
    public static Map<Call, Long> calls() {
        synchronized (CALLS) {
            return new EnumMap<>(CALLS);
        }
    }

    private static void count(Call call) {
        synchronized (CALLS) {
            CALLS.merge(call, 1L, Long::sum);
        }
    }

    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
        count(Call.LIST);
        return super.listStatus(folder);
    }

    @Override
    public FSDataInputStream open(Path file, int buffer) throws IOException {
        count(Call.OPEN);
        return super.open(file, buffer);
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
        count(Call.CREATE);
        return super.create(file, permission, overwrite, buffer, replication, block, progress);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        count(Call.RENAME);
        return super.rename(from, to);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        count(Call.DELETE);
        return super.delete(path, recursive);
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        count(Call.STATUS);
        return super.getFileStatus(path);
    }

    /** The disk under the name of this storage, and without counting what it asks of itself. */
    private static final class Disk extends RawLocalFileSystem {
        @Override
        public void initialize(URI name, Configuration configuration) throws IOException {
            super.initialize(name, configuration);
            setConf(configuration);
        }

        @Override
        public URI getUri() {
            return URI.create(SCHEME + ":///");
        }
    }
}
