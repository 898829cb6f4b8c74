package io.sightline.crooked.enrich;

import io.delta.standalone.DeltaLog;

/** Reference data that reaches for a table on its own. */
public record ReferenceThatIsATable(DeltaLog log) {}
