package io.sightline.spec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The text of a file that people wrote. */
final class FileText {
    private static final int LARGEST_FILE = 256 * 1024;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private FileText() {}

    /** The text; null if there is none, and then the problem says why. */
    static @Nullable String read(Path file, Problems problems) {
        if (Files.isDirectory(file)) {
            return unreadable(problems, "a folder, not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            return isTooLarge(bytes.length, problems)
                    ? null
                    : StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
        } catch (CharacterCodingException e) {
            return unreadable(problems, "the file is not UTF-8 text");
        } catch (NoSuchFileException e) {
            return unreadable(problems, "no such file");
        } catch (AccessDeniedException e) {
            return unreadable(problems, "the file may not be read by this user");
        } catch (IOException e) {
            return unreadable(problems, "the file cannot be read");
        }
    }

    static boolean isTooLarge(int size, Problems problems) {
        if (size > LARGEST_FILE) {
            unreadable(problems, "the file is larger than " + LARGEST_FILE / 1024 + " KB");
            return true;
        }
        return false;
    }

    static String withoutByteOrderMark(String text) {
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static @Nullable String unreadable(Problems problems, String message) {
        problems.add(0, "", null, message, null, null);
        return null;
    }
}
