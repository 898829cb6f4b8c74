package io.sightline.spec;

import java.nio.file.Path;

/**
 * Reads pipeline files: text to tree ({@link YamlReader}), each place by itself ({@link ShapeCheck}), places together
 * ({@link CrossCheck}), tree to records ({@link SpecReader}). A file is used whole or not at all, and everything wrong
 * with it is told at once. References are not resolved here.
 */
public final class PipelineFile {
    private PipelineFile() {}

    /**
     * The pipeline that a file describes.
     *
     * @throws PipelineFileException if the file cannot be read, or describes none
     */
    public static PipelineSpec load(Path file) {
        Problems problems = new Problems(file.toString());
        String yaml = FileText.read(file, problems);
        if (yaml == null) {
            throw new PipelineFileException(problems);
        }
        return parse(problems, yaml);
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
        if (FileText.isTooLarge(yaml.length(), problems)) {
            throw new PipelineFileException(problems);
        }
        YamlNode node = YamlReader.read(FileText.withoutByteOrderMark(yaml), problems);
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
}
