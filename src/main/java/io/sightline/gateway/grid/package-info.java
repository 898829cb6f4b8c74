/** The grid as the gateway's engine: statements over Hazelcast SQL, and the relations it has. */
@NullMarked
package io.sightline.gateway.grid;

import org.jspecify.annotations.NullMarked;
