/** Tests of the whole: its structure, its build files, its documents. */
@NullMarked
package io.sightline;

import org.jspecify.annotations.NullMarked;
