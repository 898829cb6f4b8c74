package io.sightline.gateway.access;

import io.sightline.spec.AccessFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access file as it is now: looked at again when somebody asks and the last look is a second old. A changed file is
 * taken whole or, if anything is wrong with it, not at all, and then the old one stays. Any thread.
 */
public final class AccessWatch implements Supplier<Access> {
    private static final Logger LOG = LoggerFactory.getLogger(AccessWatch.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final byte[] NOT_THERE = {};

    private final Path file;
    private final LongSupplier nanoClock;
    private byte[] seen;
    private long seenAt;
    private Access access;

    /**
     * Reads the file.
     *
     * @param nanoClock a clock for spans, as {@link System#nanoTime}
     * @throws AccessFileException if it cannot be used
     */
    public AccessWatch(Path file, LongSupplier nanoClock) {
        this.file = file;
        this.nanoClock = nanoClock;
        this.seen = bytes();
        this.seenAt = nanoClock.getAsLong();
        this.access = Access.load(file);
    }

    @Override
    public synchronized Access get() {
        long now = nanoClock.getAsLong();
        if (now - seenAt >= LOOK_INTERVAL.toNanos()) {
            seenAt = now;
            look();
        }
        return access;
    }

    private void look() {
        byte[] there = bytes();
        if (Arrays.equals(there, seen)) {
            return;
        }
        seen = there;
        try {
            Access changed = Access.load(file);
            if (changed.isOpen() && !access.isOpen()) {
                // Nobody should let everybody in by saving a file half done.
                LOG.error("the access file has no users any more, and the old one stays; to do without, start again");
                return;
            }
            access = changed;
            LOG.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("users", changed.size())
                    .log("the access file was read again");
        } catch (AccessFileException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("why", e.getMessage())
                    .log("the access file has changed and cannot be used, the old one stays");
        }
    }

    /** What is in the file; what cannot be read is nothing, and the next look tells why. */
    private byte[] bytes() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return NOT_THERE;
        }
    }
}
