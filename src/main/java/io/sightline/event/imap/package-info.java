/** How events, rows and buckets look to Hazelcast: serialization and the mapping of buckets to grid partitions. */
@NullMarked
package io.sightline.event.imap;

import org.jspecify.annotations.NullMarked;
