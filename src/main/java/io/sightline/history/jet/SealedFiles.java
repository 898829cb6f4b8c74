package io.sightline.history.jet;

import io.sightline.history.DataFile;
import java.io.Serializable;
import java.util.List;

/** The files that one writer closed at a barrier, on their way to the committer; sent ahead of the barrier. */
public record SealedFiles(List<DataFile> files) implements Serializable {
    public SealedFiles {
        files = List.copyOf(files);
    }
}
