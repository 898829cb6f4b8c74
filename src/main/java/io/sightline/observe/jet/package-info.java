/** How a processor sends its counts to the status processor, before every barrier. */
@NullMarked
package io.sightline.observe.jet;

import org.jspecify.annotations.NullMarked;
