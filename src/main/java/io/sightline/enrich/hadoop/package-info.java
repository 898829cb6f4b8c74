/** Reference data on storages that Hadoop has a driver for. */
@NullMarked
package io.sightline.enrich.hadoop;

import org.jspecify.annotations.NullMarked;
