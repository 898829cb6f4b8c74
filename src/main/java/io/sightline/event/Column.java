package io.sightline.event;

import java.io.Serializable;

/** A named, typed column of a row: a field of an event, an attribute of reference data or a measure. */
public record Column(String name, FieldType type) implements Serializable {}
