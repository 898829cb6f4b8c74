package io.sightline.history.delta;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes local files survive the loss of power, which closing them does not. */
final class Durability {
    private Durability() {}

    /** Forces a file's content, or a folder's entries, to the disk. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
