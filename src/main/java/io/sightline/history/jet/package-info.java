/** The history branch of the job: writers that make files, and the committer that makes them visible. */
@NullMarked
package io.sightline.history.jet;

import org.jspecify.annotations.NullMarked;
