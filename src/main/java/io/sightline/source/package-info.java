/** Records from Kafka or Event Hubs, or from a recorded file, each with its origin and source time. */
@NullMarked
package io.sightline.source;

import org.jspecify.annotations.NullMarked;
