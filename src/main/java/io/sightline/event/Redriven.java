package io.sightline.event;

/**
 * That a dead letter is in the topic again: the topic itself says so, whatever became of the run that sent it.
 *
 * @param letter the origin of the dead letter
 * @param record the origin of the record that it is now
 * @param sourceTimeMillis source time of that record, milliseconds since 1970
 */
public record Redriven(Origin letter, Origin record, long sourceTimeMillis) {}
