/** Broken on purpose. */
@NullMarked
package io.sightline.crooked.event;

import org.jspecify.annotations.NullMarked;
