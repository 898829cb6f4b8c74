/** Reference tables replicated to every member, and the processor that joins them. */
@NullMarked
package io.sightline.enrich.imap;

import org.jspecify.annotations.NullMarked;
