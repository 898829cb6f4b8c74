/** What flows: an event, where it came from, and the schema that gives its values names and types. Plain Java. */
@NullMarked
package io.sightline.event;

import org.jspecify.annotations.NullMarked;
