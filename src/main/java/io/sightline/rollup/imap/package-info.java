/** Rollup rows in an IMap, and the processor that keeps their accumulators. */
@NullMarked
package io.sightline.rollup.imap;

import org.jspecify.annotations.NullMarked;
