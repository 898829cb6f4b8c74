/** A gateway as a whole: every door of it, over one grid and one access file. */
@NullMarked
package io.sightline.gateway.server;

import org.jspecify.annotations.NullMarked;
