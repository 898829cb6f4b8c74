/** Member start-up, map names and settings, and the SQL catalog. */
@NullMarked
package io.sightline.grid;

import org.jspecify.annotations.NullMarked;
