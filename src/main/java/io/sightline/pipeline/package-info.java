/** The one job, top-down: its topology, its decode, hot-window and status processors. */
@NullMarked
package io.sightline.pipeline;

import org.jspecify.annotations.NullMarked;
