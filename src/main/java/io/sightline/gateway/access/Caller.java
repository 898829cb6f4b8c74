package io.sightline.gateway.access;

/**
 * Who asks, from where and with what.
 *
 * @param client the address they come from
 * @param application what their program calls itself; empty if it does not
 */
public record Caller(Principal principal, String client, String application) {}
