/** The pipeline file as records, and its loading with all problems reported at once. Plain Java. */
@NullMarked
package io.sightline.spec;

import org.jspecify.annotations.NullMarked;
