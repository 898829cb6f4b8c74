package io.sightline.history.delta;

import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import io.sightline.history.delta.HaltingStorage.Moment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The log of a table on {@link HaltingStorage}. Made by Delta, by reflection. */
public final class HaltingLogStore extends LogStore {
    private final LinkLogStore log;

    public HaltingLogStore(Configuration configuration) {
        super(configuration);
        log = new LinkLogStore(configuration);
    }

    @Override
    public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration configuration)
            throws IOException {
        List<String> lines = new ArrayList<>();
        actions.forEachRemaining(lines::add);
        boolean rows = lines.stream().anyMatch(line -> line.startsWith("{\"add\""));
        if (rows) {
            HaltingStorage.reached(Moment.PREPARED);
        }
        log.write(path, lines.iterator(), overwrite, configuration);
        if (rows) {
            HaltingStorage.reached(Moment.COMMITTED);
        }
    }

    @Override
    public CloseableIterator<String> read(Path path, Configuration configuration) throws IOException {
        return log.read(path, configuration);
    }

    @Override
    public Iterator<FileStatus> listFrom(Path path, Configuration configuration) throws IOException {
        return log.listFrom(path, configuration);
    }

    @Override
    public Path resolvePathOnPhysicalStorage(Path path, Configuration configuration) throws IOException {
        return log.resolvePathOnPhysicalStorage(path, configuration);
    }

    @Override
    public Boolean isPartialWriteVisible(Path path, Configuration configuration) {
        return log.isPartialWriteVisible(path, configuration);
    }
}
