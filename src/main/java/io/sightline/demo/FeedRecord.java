package io.sightline.demo;

/**
 * One record of a {@link SeededFeed}, as a camera or edge box sends it.
 *
 * @param key the camera's id, so that a copy lands where its original did; shared, not to be written to
 * @param timestampMillis when it is sent, milliseconds since 1970; never less than that of the record before
 */
public record FeedRecord(byte[] key, byte[] value, long timestampMillis) {}
