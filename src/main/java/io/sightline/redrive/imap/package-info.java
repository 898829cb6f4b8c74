/** The marks of redriven dead letters in an IMap. */
@NullMarked
package io.sightline.redrive.imap;

import org.jspecify.annotations.NullMarked;
