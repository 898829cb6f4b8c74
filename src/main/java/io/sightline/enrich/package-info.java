/** Reference data: one immutable table a version, loaded whole or refused whole. Plain Java. */
@NullMarked
package io.sightline.enrich;

import org.jspecify.annotations.NullMarked;
