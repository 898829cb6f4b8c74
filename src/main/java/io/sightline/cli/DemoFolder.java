package io.sightline.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folder that holds what a demo keeps; one demo at a time. */
final class DemoFolder implements AutoCloseable {
    private static final long SMALLEST_FREE_MEGABYTES = 1_024;
    private static final long FULL_MEGABYTES = 64;

    private final Path path;
    private final FileChannel lock;

    private DemoFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Takes the folder.
     *
     * @param fresh whether to delete what is in it
     * @throws Failure if another demo has it, or there is no room
     */
    static DemoFolder open(Path path, boolean fresh) throws IOException {
        Files.createDirectories(path);
        // Beside the folder: it outlives it.
        FileChannel channel = FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        DemoFolder folder = new DemoFolder(path, channel);
        try {
            if (channel.tryLock() == null) {
                throw new Failure(Sightline.FAILED, "another demo works in " + path + "; end it first");
            }
        } catch (OverlappingFileLockException e) {
            throw new Failure(Sightline.FAILED, "another demo works in " + path + "; end it first", e);
        }
        if (fresh) {
            Directories.delete(path);
            Files.createDirectories(path);
        }
        if (folder.freeMegabytes() < SMALLEST_FREE_MEGABYTES) {
            folder.close();
            throw new Failure(
                    Sightline.FAILED,
                    "only %,d MB are free where %s is, and the broker needs at least %,d MB; free some, or use --fresh"
                            .formatted(folder.freeMegabytes(), path, SMALLEST_FREE_MEGABYTES));
        }
        return folder;
    }

    Path broker() {
        return path.resolve("broker");
    }

    Path history() {
        return path.resolve("history");
    }

    Path memberLog() {
        return path.resolve("member.log");
    }

    Path gatewayLog() {
        return path.resolve("gateway.log");
    }

    Path auditLog() {
        return path.resolve("audit.jsonl");
    }

    /** What to say when the broker ended by itself. */
    Failure brokerEnded() throws IOException {
        long free = freeMegabytes();
        String why = free < FULL_MEGABYTES
                ? "the disk is full (%,d MB free); free some and start again, or use --fresh".formatted(free)
                : "its log is " + broker().resolve("broker.log");
        return new Failure(Sightline.FAILED, "the broker ended: " + why);
    }

    private long freeMegabytes() throws IOException {
        return Files.getFileStore(path).getUsableSpace() >> 20;
    }

    @Override
    public String toString() {
        return path.toString();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
