/** Classes that break the rules of the architecture, one way each, to prove that every rule can fail. */
@NullMarked
package io.sightline.crooked;

import org.jspecify.annotations.NullMarked;
