/** Broken on purpose. */
@NullMarked
package io.sightline.crooked.dedupe;

import org.jspecify.annotations.NullMarked;
