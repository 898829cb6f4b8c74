/** Broken on purpose. */
@NullMarked
package io.sightline.crooked.rollup;

import org.jspecify.annotations.NullMarked;
