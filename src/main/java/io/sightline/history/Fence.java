package io.sightline.history;

import java.io.Serializable;

/**
 * Whom a table obeys. Only the execution whose claim put this fence up may commit.
 *
 * @param epoch which claim it was: one more at each, from 1 on
 * @param holder who claimed
 */
public record Fence(long epoch, WriterIdentity holder) implements Serializable {}
