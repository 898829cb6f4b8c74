package io.sightline.history.delta;

import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

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
     * Those that may hold rows with so great a value.
     *
     * @param column a long, or a timestamp
     * @param least for a timestamp in microseconds since 1970
     * @return their paths, as {@link RowReader} takes them
     */
    public List<String> from(Column column, long least) {
        return files.stream()
                .filter(file -> !(FileBounds.of(file).greatest(column) instanceof Long greatest) || greatest >= least)
                .map(AddFile::getPath)
                .toList();
    }

    /**
     * Those with the greatest values, until they have so many rows.
     *
     * @param column a long, or a timestamp
     * @return their paths, as {@link RowReader} takes them
     * @throws IOException if a file of another program has no statistics
     */
    public List<String> newest(Column column, long rows) throws IOException {
        List<AddFile> byValue = new ArrayList<>(files);
        byValue.sort(Comparator.comparing(
                file -> FileBounds.of(file).greatest(column) instanceof Long greatest ? greatest : Long.MAX_VALUE,
                Comparator.reverseOrder()));
        List<String> newest = new ArrayList<>();
        long enough = rows;
        for (AddFile file : byValue) {
            if (enough <= 0) {
                break;
            }
            newest.add(file.getPath());
            enough -= rows(file);
        }
        return newest;
    }

    /** No row has a greater value in this column, a long or a timestamp; empty if a file does not say. */
    public OptionalLong greatest(Column column) {
        long greatest = Long.MIN_VALUE;
        for (AddFile file : files) {
            if (!(FileBounds.of(file).greatest(column) instanceof Long ofFile)) {
                return OptionalLong.empty();
            }
            greatest = Math.max(greatest, ofFile);
        }
        return OptionalLong.of(greatest);
    }

    /**
     * How many rows they have.
     *
     * @throws IOException if a file of another program has no statistics
     */
    public long rows() throws IOException {
        long rows = 0;
        for (AddFile file : files) {
            rows += rows(file);
        }
        return rows;
    }

    private long rows(AddFile file) throws IOException {
        Long rows = FileBounds.of(file).rows();
        if (rows == null) {
            throw new IOException("the table at " + folder + " has a file without statistics: " + file.getPath());
        }
        return rows;
    }
}
