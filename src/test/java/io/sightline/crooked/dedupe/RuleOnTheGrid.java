package io.sightline.crooked.dedupe;

import com.hazelcast.map.IMap;
import io.sightline.crooked.dedupe.imap.Marks;

/** A rule of the core that knows Hazelcast, and the adapter that should know the rule. */
public record RuleOnTheGrid(IMap<String, String> map, Marks marks) {}
