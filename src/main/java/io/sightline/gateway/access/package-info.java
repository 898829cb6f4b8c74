/**
 * Who may read what. The one path to the engine: every statement of every door passes the {@link
 * io.sightline.gateway.access.SqlGuard}.
 */
@NullMarked
package io.sightline.gateway.access;

import org.jspecify.annotations.NullMarked;
