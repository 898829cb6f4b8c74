/** The command line, one class a command. */
@NullMarked
package io.sightline.cli;

import org.jspecify.annotations.NullMarked;
