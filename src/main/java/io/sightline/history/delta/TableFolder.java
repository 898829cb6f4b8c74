package io.sightline.history.delta;

import io.delta.storage.AzureLogStore;
import io.delta.storage.LogStore;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Where a table is, and how its storage is reached. Immutable. */
public final class TableFolder {
    private final Path path;
    private final Configuration configuration;

    private TableFolder(Path path, Configuration configuration) {
        this.path = path;
        this.configuration = configuration;
    }

    /**
     * A folder with what it takes to reach it.
     *
     * @param location a local folder, or {@code abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/FOLDER}
     * @param options settings of Hadoop's file systems, such as {@code fs.azure.account.auth.type}; empty for a local folder
     */
    public static TableFolder of(String location, Map<String, String> options) {
        // Not new Configuration(false): Hadoop then knows no file system at all.
        Configuration configuration = new Configuration();
        // The checksummed one leaves a .crc beside every file, and two writers mix them up.
        configuration.set("fs.file.impl", RawLocalFileSystem.class.getName());
        // Or whoever asked for a local file first in this JVM would decide which of the two everybody gets.
        configuration.set("fs.file.impl.disable.cache", "true");
        configuration.set("delta.logStore.file.impl", LinkLogStore.class.getName());
        configuration.set("fs.azure.networking.library", "JDK_HTTP_URL_CONNECTION");
        options.forEach(configuration::set);
        Path path = location.contains("://") || location.startsWith("file:")
                ? new Path(location)
                : new Path(
                        "file",
                        "",
                        java.nio.file.Path.of(location)
                                .toAbsolutePath()
                                .normalize()
                                .toString());
        return new TableFolder(path, configuration);
    }

    public Path path() {
        return path;
    }

    public Configuration configuration() {
        return configuration;
    }

    /**
     * A folder of this name beside this one, reached by the same settings.
     *
     * @throws HistoryException if this one is the root of its storage
     */
    public TableFolder beside(String name) {
        Path parent = path.getParent();
        if (parent == null) {
            throw DeltaErrors.noRoomBeside(this, name);
        }
        return new TableFolder(new Path(parent, name), configuration);
    }

    /** A file of the table by its path in the log. */
    public Path resolve(String relative) {
        return new Path(path, relative);
    }

    /** A file as the log names it, where other programs escape characters and may name files elsewhere. */
    Path named(String inLog) {
        URI uri = URI.create(inLog);
        return uri.isAbsolute() ? new Path(uri) : resolve(uri.getPath());
    }

    /** The store that takes each version of the log from one writer alone: the one that Delta takes for this storage. */
    LogStore logStore() {
        Class<? extends LogStore> type = configuration.getClass(
                "delta.logStore." + path.toUri().getScheme() + ".impl", AzureLogStore.class, LogStore.class);
        try {
            return type.getConstructor(Configuration.class).newInstance(configuration);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no log store, though Delta has made one: " + type.getName(), e);
        }
    }

    boolean isLocal() {
        return "file".equals(path.toUri().getScheme());
    }

    FileSystem fileSystem() throws IOException {
        return path.getFileSystem(configuration);
    }

    @Override
    public String toString() {
        return isLocal() ? path.toUri().getPath() : path.toString();
    }
}
