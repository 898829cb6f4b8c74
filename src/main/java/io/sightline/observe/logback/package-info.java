/** What becomes of log lines before they are written: repeats are held back, errors are counted. */
@NullMarked
package io.sightline.observe.logback;

import org.jspecify.annotations.NullMarked;
