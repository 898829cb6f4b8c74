package io.sightline.gateway.access;

import java.util.List;
import java.util.Map;

/**
 * Somebody who is logged in.
 *
 * @param claims what is known of them, for row filters
 */
public record Principal(String user, Role role, Map<String, List<String>> claims) {}
