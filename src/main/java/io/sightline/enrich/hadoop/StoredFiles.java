package io.sightline.enrich.hadoop;

import io.sightline.enrich.ReferenceStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The files of a reference on a storage, such as {@code abfss://}. */
public final class StoredFiles implements ReferenceStorage {
    private final Path from;
    private final Configuration configuration;

    /** @param configuration says how the storage is reached */
    public StoredFiles(Path from, Configuration configuration) {
        this.from = from;
        this.configuration = configuration;
    }

    @Override
    public Listing list(Predicate<String> wanted) throws IOException {
        FileSystem storage = from.getFileSystem(configuration);
        FileStatus[] found = storage.listStatus(from);
        boolean folder = found.length != 1 || !found[0].getPath().equals(storage.makeQualified(from));
        return new Listing(
                folder,
                Arrays.stream(found)
                        .filter(FileStatus::isFile)
                        .filter(file -> !folder || wanted.test(file.getPath().getName()))
                        .map(StoredFiles::look)
                        .toList());
    }

    private static Look look(FileStatus file) {
        String version = file instanceof EtagSource source ? String.valueOf(source.getEtag()) : "";
        return new Look(
                file.getPath().getName(),
                file.getPath().toString(),
                file.getLen(),
                file.getModificationTime(),
                version);
    }

    @Override
    public InputStream open(Look file) throws IOException {
        Path path = new Path(file.path());
        return path.getFileSystem(configuration).open(path);
    }

    @Override
    public String toString() {
        return from.toString();
    }
}
