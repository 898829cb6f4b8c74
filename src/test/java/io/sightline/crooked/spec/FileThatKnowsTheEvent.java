package io.sightline.crooked.spec;

import io.sightline.crooked.event.EventThatKnowsTheFile;
import java.util.List;

/** Allowed in itself; the way back is not. */
public record FileThatKnowsTheEvent(List<EventThatKnowsTheFile> events) {}
