/** Broken on purpose. */
@NullMarked
package io.sightline.crooked.spec;

import org.jspecify.annotations.NullMarked;
