package io.sightline.enrich;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Predicate;

/** Where the files of a reference lie: a file, or a folder of files. Its text is how the pipeline file names it. */
public interface ReferenceStorage {
    /**
     * What a file looks like from outside. While it stays equal, the file has not been touched or replaced.
     *
     * @param path what {@link #open} takes
     * @param modifiedMillis milliseconds since 1970
     * @param identity changes when the file is replaced, as far as the storage tells; empty if it does not
     */
    record Look(String name, String path, long size, long modifiedMillis, String identity) {}

    /**
     * What lies there.
     *
     * @param folder whether it is a folder; if not, its one file is the only one
     * @param files in any order; of a folder those that were wanted, and none of folders in it
     */
    record Listing(boolean folder, List<Look> files) {
        public Listing {
            files = List.copyOf(files);
        }
    }

    /**
     * The files as they are now. What is not wanted is not looked at: another program's link may lead nowhere.
     *
     * @param wanted by name, which of a folder's
     * @throws IOException a {@link java.nio.file.NoSuchFileException} or {@link java.io.FileNotFoundException} if there are none
     */
    Listing list(Predicate<String> wanted) throws IOException;

    /** The bytes of a file that was listed. */
    InputStream open(Look file) throws IOException;
}
