package io.sightline.gateway;

/** A column of a result. */
public record ResultColumn(String name, ValueType type) {}
