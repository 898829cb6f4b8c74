package io.sightline.observe;

import java.util.SortedMap;

/**
 * Latencies as a histogram of few buckets, each with all those before it.
 *
 * @param upTo how many took less than so many milliseconds
 * @param count how many there are
 * @param sumMillis their sum
 */
public record LatencyBuckets(SortedMap<Long, Long> upTo, long count, long sumMillis) {}
