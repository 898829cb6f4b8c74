/** Broken on purpose. */
@NullMarked
package io.sightline.crooked.enrich;

import org.jspecify.annotations.NullMarked;
