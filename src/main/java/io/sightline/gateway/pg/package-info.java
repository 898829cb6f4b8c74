/** The PostgreSQL door: protocol 3.0, so that psql, Grafana, JDBC and the rest of them read the grid as they are. */
@NullMarked
package io.sightline.gateway.pg;

import org.jspecify.annotations.NullMarked;
