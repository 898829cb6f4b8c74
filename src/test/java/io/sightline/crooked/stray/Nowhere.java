package io.sightline.crooked.stray;

/** In a part that no arrow names, in a package without package-info.java. */
public record Nowhere(String name) {}
