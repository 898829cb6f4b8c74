package io.sightline.enrich;

/**
 * How large a reference may be. Every member holds all of it, and sends it in one piece.
 *
 * @param maxRows the most rows, over all files
 * @param maxBytes the most bytes, over all files
 */
public record ReferenceLimits(int maxRows, long maxBytes) {
    public static final ReferenceLimits DEFAULT = new ReferenceLimits(1_000_000, 64L << 20);
}
