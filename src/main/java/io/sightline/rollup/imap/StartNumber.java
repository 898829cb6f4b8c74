package io.sightline.rollup.imap;

import java.io.Serializable;

/**
 * Which execution this is.
 *
 * @param number higher than that of every execution before
 * @param firstOfJob the number of the first execution of the same job
 */
public record StartNumber(long number, long firstOfJob) implements Serializable {
    private static final long BEFORE_ALL = 1L << 62;

    /**
     * That of an execution that prepares the ground: all that are numbered write over its rows, and so does a later one of those
     * that prepare. It removes no rows.
     */
    StartNumber beforeAll() {
        return new StartNumber(number - BEFORE_ALL, number - BEFORE_ALL);
    }
}
