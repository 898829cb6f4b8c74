/** The history as a Delta table of Parquet files, on a local disk or on Azure Data Lake Storage. */
@NullMarked
package io.sightline.history.delta;

import org.jspecify.annotations.NullMarked;
