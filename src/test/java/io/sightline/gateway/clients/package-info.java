/** The gateway with the programs that people have. */
@NullMarked
package io.sightline.gateway.clients;

import org.jspecify.annotations.NullMarked;
