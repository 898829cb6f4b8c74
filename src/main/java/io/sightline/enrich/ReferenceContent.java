package io.sightline.enrich;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a reference's files held when they were read: rows that are all in order, but not yet a version.
 *
 * @param hash SHA-256 of the files' names and bytes, in hexadecimal; the same hash is the same content
 * @param rows key to the values of {@link ReferenceLayout#added}; not to be written to
 */
public record ReferenceContent(String hash, Map<Object, @Nullable Object[]> rows) {}
