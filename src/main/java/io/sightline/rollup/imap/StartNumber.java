package io.sightline.rollup.imap;

import java.io.Serializable;

/**
 * Which execution this is.
 *
 * @param number higher than that of every execution before
 * @param firstOfJob the number of the first execution of the same job
 */
public record StartNumber(long number, long firstOfJob) implements Serializable {
    /** Of what prepares the ground: every execution writes over its rows. */
    static final StartNumber BEFORE_ALL = new StartNumber(0, 0);
}
