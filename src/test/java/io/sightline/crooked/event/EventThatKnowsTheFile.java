package io.sightline.crooked.event;

import io.sightline.crooked.spec.FileThatKnowsTheEvent;

/** An arrow that points outward, and with {@link FileThatKnowsTheEvent} a cycle. */
public record EventThatKnowsTheFile(FileThatKnowsTheEvent file) {}
