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

/**
 * Reads pipeline files: text to tree ({@link YamlReader}), each place by itself ({@link ShapeCheck}), places together
 * ({@link CrossCheck}), tree to records ({@link SpecReader}). A file is used whole or not at all, and everything wrong
 * with it is told at once. References are not resolved here.
 */
public final class PipelineFile {
    private static final int LARGEST_FILE = 256 * 1024;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private PipelineFile() {}

    /**
     * The pipeline that a file describes.
     *
     * @throws PipelineFileException if the file cannot be read, or describes none
     */
    public static PipelineSpec load(Path file) {
        Problems problems = new Problems(file.toString());
        byte[] bytes;
        try {
            bytes = read(file, problems);
        } catch (NoSuchFileException e) {
            throw unreadable(problems, "no such file");
        } catch (AccessDeniedException e) {
            throw unreadable(problems, "the file may not be read by this user");
        } catch (IOException e) {
            throw unreadable(problems, "the file cannot be read");
        }
        try {
            String yaml = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return parse(problems, yaml);
        } catch (CharacterCodingException e) {
            throw unreadable(problems, "the file is not UTF-8 text");
        }
    }

    /**
     * The pipeline that a text describes.
     *
     * @param fileName how problems name it
     * @throws PipelineFileException if it describes none
     */
    public static PipelineSpec parse(String fileName, String yaml) {
        return parse(new Problems(fileName), yaml);
    }

    private static PipelineSpec parse(Problems problems, String yaml) {
        if (yaml.length() > LARGEST_FILE) {
            throw tooLarge(problems);
        }
        String text = yaml.startsWith(BYTE_ORDER_MARK) ? yaml.substring(1) : yaml;
        YamlNode node = YamlReader.read(text, problems);
        if (node != null) {
            Place root = Place.root(node);
            new ShapeCheck(problems).check(root, PipelineFormat.FILE);
            CrossCheck.check(root, problems);
            if (problems.isEmpty()) {
                return SpecReader.read(root);
            }
        }
        throw new PipelineFileException(problems);
    }

    private static byte[] read(Path file, Problems problems) throws IOException {
        if (Files.isDirectory(file)) {
            throw unreadable(problems, "a folder, not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                throw tooLarge(problems);
            }
            return bytes;
        }
    }

    private static PipelineFileException tooLarge(Problems problems) {
        return unreadable(problems, "the file is larger than " + LARGEST_FILE / 1024 + " KB");
    }

    private static PipelineFileException unreadable(Problems problems, String message) {
        problems.add(0, "", null, message, null, null);
        return new PipelineFileException(problems);
    }
}
