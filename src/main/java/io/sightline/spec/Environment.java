package io.sightline.spec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the references of a {@link Setting} lead to: the variables and files of one process. */
public interface Environment {
    /** A referenced file holds one value, so no sensible one is larger than this many bytes. */
    int LARGEST_FILE = 64 * 1024;

    /** The variable's value; null if it is not set. */
    @Nullable
    String variable(String name);

    /** The file's text, read as UTF-8. */
    String file(String path) throws IOException;

    /** That of this process; relative paths start at its working directory. */
    static Environment ofThisProcess() {
        return new Environment() {
            @Override
            public @Nullable String variable(String name) {
                return System.getenv(name);
            }

            @Override
            public String file(String path) throws IOException {
                try (InputStream in = Files.newInputStream(Path.of(path))) {
                    byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
                    if (bytes.length > LARGEST_FILE) {
                        throw new IOException("larger than " + LARGEST_FILE + " bytes");
                    }
                    return new String(bytes, StandardCharsets.UTF_8);
                }
            }
        };
    }
}
