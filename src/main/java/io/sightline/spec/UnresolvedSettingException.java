package io.sightline.spec;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** A reference of a pipeline file that leads nowhere on this machine. Trying again helps once the machine has it. */
public final class UnresolvedSettingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private UnresolvedSettingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static UnresolvedSettingException variableNotSet(SettingPart.Variable variable, @Nullable String path) {
        return new UnresolvedSettingException(
                where(path) + "${env:" + variable.name()
                        + "}: the environment variable is not set, or empty; set it, or"
                        + " give a default as in ${env:" + variable.name() + ":-value}",
                null);
    }

    static UnresolvedSettingException fileNotRead(SettingPart.File file, @Nullable String path, IOException cause) {
        boolean missing = cause instanceof NoSuchFileException || cause instanceof FileNotFoundException;
        String reason = missing ? "no such file" : "the file cannot be read";
        return new UnresolvedSettingException(where(path) + file.written() + ": " + reason, cause);
    }

    static UnresolvedSettingException unusable(String path, String message) {
        return new UnresolvedSettingException(where(path) + message, null);
    }

    private static String where(@Nullable String path) {
        return path == null ? "" : path + ": ";
    }
}
