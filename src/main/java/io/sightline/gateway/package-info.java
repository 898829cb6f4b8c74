/** What people reach the grid through. Here: the one port to the engine behind it, and how a statement fails. */
@NullMarked
package io.sightline.gateway;

import org.jspecify.annotations.NullMarked;
