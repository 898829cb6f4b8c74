package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file of the project that a test writes: with {@code -Dupdate=true} it is written, without it is compared. */
public final class KeptFile {
    private KeptFile() {}

    public static void assertInStep(Path file, String wanted) throws IOException {
        if (Boolean.getBoolean("update")) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, wanted);
        }
        assertThat(file).exists();
        List<String> kept = Files.readString(file).lines().toList();
        List<String> lines = wanted.lines().toList();
        for (int i = 0; i < Math.min(kept.size(), lines.size()); i++) {
            assertThat(kept.get(i))
                    .as("%s:%d is out of step; write it anew with -Dupdate=true", file, i + 1)
                    .isEqualTo(lines.get(i));
        }
        assertThat(Files.readString(file)).hasSameSizeAs(wanted);
    }
}
