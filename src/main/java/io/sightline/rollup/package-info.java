/** Windowed aggregates that late events correct. Plain Java. */
@NullMarked
package io.sightline.rollup;

import org.jspecify.annotations.NullMarked;
