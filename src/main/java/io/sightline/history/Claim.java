package io.sightline.history;

import java.io.Serializable;

/**
 * That a table obeys one execution of a job: from {@code at} on it moves only by this execution's commits.
 *
 * @param fence the execution's own
 * @param at the table's vector when it was claimed: the history branch drops everything below
 */
public record Claim(Fence fence, ProgressVector at) implements Serializable {}
