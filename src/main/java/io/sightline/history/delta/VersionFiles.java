package io.sightline.history.delta;

import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.io.IOException;
import java.util.List;

/** The data files of one version of a table, and what their statistics say. Immutable. */
public final class VersionFiles {
    private final TableFolder folder;
    private final List<AddFile> files;

    VersionFiles(TableFolder folder, List<AddFile> files) {
        this.folder = folder;
        this.files = List.copyOf(files);
    }

    public boolean isEmpty() {
        return files.isEmpty();
    }

    /**
     * Those that may hold rows from a time on.
     *
     * @param column a timestamp
     * @param fromMicros microseconds since 1970
     * @return their paths, as {@link RowReader} takes them
     */
    public List<String> from(String column, long fromMicros) {
        Column timestamp = new Column(column, FieldType.TIMESTAMP);
        return files.stream()
                .filter(file ->
                        !(FileBounds.of(file).greatest(timestamp) instanceof Long greatest) || greatest >= fromMicros)
                .map(AddFile::getPath)
                .toList();
    }

    /**
     * How many rows they have.
     *
     * @throws IOException if a file of another program has no statistics
     */
    public long rows() throws IOException {
        long rows = 0;
        for (AddFile file : files) {
            Long ofFile = FileBounds.of(file).rows();
            if (ofFile == null) {
                throw new IOException("the table at " + folder + " has a file without statistics: " + file.getPath());
            }
            rows += ofFile;
        }
        return rows;
    }
}
