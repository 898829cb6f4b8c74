/** Sending dead letters again, none twice by mistake; plain Java. */
@NullMarked
package io.sightline.redrive;

import org.jspecify.annotations.NullMarked;
