package io.sightline.dedupe;

/** What a mark is compared by. */
public enum Rule {
    /** By its origin, as the package describes. The only rule for real use. */
    ORIGIN,
    /**
     * By its presence alone: the trap that {@link #ORIGIN} avoids. A sighting that finds its own mark is a duplicate, so a
     * replay drops originals. Exists so that tests can show that they would notice.
     */
    NAIVE
}
