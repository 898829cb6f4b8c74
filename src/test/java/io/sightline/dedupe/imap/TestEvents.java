package io.sightline.dedupe.imap;

import io.sightline.event.Event;

/** Events for tests of marks: an id of one small number, and an origin. */
final class TestEvents {
    private TestEvents() {}

    static Event event(long id, int topicPartition, long offset, long sourceTimeMillis) {
        return new Event(
                topicPartition,
                offset,
                0,
                sourceTimeMillis,
                sourceTimeMillis * 1_000,
                id,
                id,
                new Object[] {"id-" + id, null},
                null,
                Event.NOTHING_ADDED);
    }
}
