/** Bytes to events, or to a dead letter that says why not. Plain Java. */
@NullMarked
package io.sightline.decode;

import org.jspecify.annotations.NullMarked;
