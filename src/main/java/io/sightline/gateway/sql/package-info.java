/**
 * PostgreSQL's SQL as the clients write it, made into SQL that the grid's engine runs and that means the same. Knows
 * nothing of users and rights: what comes out of here is judged by {@code gateway.access}.
 */
@NullMarked
package io.sightline.gateway.sql;

import org.jspecify.annotations.NullMarked;
