/** Counts, progress and latency that processors report about themselves. Plain Java. */
@NullMarked
package io.sightline.observe;

import org.jspecify.annotations.NullMarked;
