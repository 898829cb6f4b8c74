package io.sightline.history.delta;

import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * A table log on a local disk that takes each version from exactly one writer, of whatever process: the text is written beside
 * and made durable, then gets its name by a hard link, which fails if the name is taken. Made by Delta, by reflection.
 *
 * <p>Delta's own stores for local disks do not do: one keeps writers apart within one object only, the other looks before it
 * renames.
 */
public final class LinkLogStore extends LogStore {
    private static final String LAST_CHECKPOINT = "_last_checkpoint";
    private static final Pattern CHECKPOINT = Pattern.compile("[0-9]{20}\\.checkpoint\\.parquet");

    public LinkLogStore(Configuration configuration) {
        super(configuration);
    }

    @Override
    public CloseableIterator<String> read(Path path, Configuration configuration) throws IOException {
        try {
            return new Lines(Files.newBufferedReader(local(path), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            // The one exception that Delta takes for absence; after any other it sleeps and tries again.
            throw (FileNotFoundException) new FileNotFoundException(path.toString()).initCause(e);
        }
    }

    @Override
    public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration configuration)
            throws IOException {
        java.nio.file.Path target = local(path);
        java.nio.file.Path folder = target.resolveSibling(".");
        if (path.getName().equals(LAST_CHECKPOINT)) {
            forceNewestCheckpoint(folder.normalize());
        }
        // The dot keeps it out of every listing of the log, should the process die before it is deleted.
        java.nio.file.Path draft = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            writeDurably(draft, actions);
            if (overwrite) {
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.createLink(target, draft);
            }
            Durability.force(folder.normalize());
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Delta writes checkpoints past this class; one that is pointed to must not be lost with the power. */
    private static void forceNewestCheckpoint(java.nio.file.Path log) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.list(log)) {
            Optional<java.nio.file.Path> newest = files.filter(file ->
                            CHECKPOINT.matcher(file.getFileName().toString()).matches())
                    .max(Comparator.naturalOrder());
            if (newest.isPresent()) {
                Durability.force(newest.get());
            }
        }
    }

    private static void writeDurably(java.nio.file.Path file, Iterator<String> lines) throws IOException {
        StringBuilder text = new StringBuilder();
        lines.forEachRemaining(line -> text.append(line).append('\n'));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    @Override
    public Iterator<FileStatus> listFrom(Path path, Configuration configuration) throws IOException {
        Path folder = path.getParent();
        if (!Files.isDirectory(local(folder))) {
            throw new FileNotFoundException("no such folder: " + folder);
        }
        return Arrays.stream(folder.getFileSystem(configuration).listStatus(folder))
                .filter(status -> status.getPath().getName().compareTo(path.getName()) >= 0)
                .sorted((one, other) ->
                        one.getPath().getName().compareTo(other.getPath().getName()))
                .iterator();
    }

    @Override
    public Path resolvePathOnPhysicalStorage(Path path, Configuration configuration) throws IOException {
        return path.getFileSystem(configuration).makeQualified(path);
    }

    /** True of checkpoints, which Delta writes past this class: it then writes them beside and renames. */
    @Override
    public Boolean isPartialWriteVisible(Path path, Configuration configuration) {
        return true;
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    private static final class Lines implements CloseableIterator<String> {
        private final BufferedReader reader;
        private @Nullable String next;

        Lines(BufferedReader reader) throws IOException {
            this.reader = reader;
            this.next = reader.readLine();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public String next() {
            String line = next;
            if (line == null) {
                throw new NoSuchElementException();
            }
            try {
                next = reader.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return line;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
