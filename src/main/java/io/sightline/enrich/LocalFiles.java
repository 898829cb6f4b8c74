package io.sightline.enrich;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of a reference on a disk, as this process sees it. */
public final class LocalFiles implements ReferenceStorage {
    private final Path from;

    public LocalFiles(Path from) {
        this.from = from;
    }

    @Override
    public Listing list(Predicate<String> wanted) throws IOException {
        if (!Files.isDirectory(from)) {
            return new Listing(false, List.of(look(from)));
        }
        try (Stream<Path> entries = Files.list(from)) {
            return new Listing(
                    true,
                    entries.filter(path -> wanted.test(String.valueOf(path.getFileName())))
                            .filter(path -> !Files.isDirectory(path))
                            .map(LocalFiles::look)
                            .toList());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Look look(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Look(
                    String.valueOf(path.getFileName()),
                    path.toString(),
                    attributes.size(),
                    attributes.lastModifiedTime().toMillis(),
                    String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream open(Look file) throws IOException {
        return Files.newInputStream(Path.of(file.path()));
    }

    @Override
    public String toString() {
        return from.toString();
    }
}
