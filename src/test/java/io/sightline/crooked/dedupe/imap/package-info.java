/** Broken on purpose. */
@NullMarked
package io.sightline.crooked.dedupe.imap;

import org.jspecify.annotations.NullMarked;
