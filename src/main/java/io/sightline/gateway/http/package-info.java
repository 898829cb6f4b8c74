/**
 * The HTTP door: the live page, JSON over SQL, server-sent events, metrics and health.
 *
 * <p>On Jetty's core (4 jars, 2.4 MB, no servlets): it gives asynchronous writes, which a slow reader of an event stream
 * needs, and little else is asked of it. Javalin would be nicer to write with, for 35 jars and Kotlin. The JDK's own
 * server has no asynchronous writes: each open stream would cost a thread.
 *
 * <pre>
 *   request -> {@link io.sightline.gateway.http.HttpServer}: limits, TLS
 *           -> {@link io.sightline.gateway.http.Router}: headers, path and method, who it is, errors as JSON
 *           -> an {@link io.sightline.gateway.http.Endpoint}
 *           -> {@link io.sightline.gateway.access.Queries}: every row that leaves goes through the SQL guard
 * </pre>
 */
@NullMarked
package io.sightline.gateway.http;

import org.jspecify.annotations.NullMarked;
