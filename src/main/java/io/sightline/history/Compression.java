package io.sightline.history;

import java.util.Locale;

/** How the pages of a data file are compressed. */
public enum Compression {
    /** What every reader can read. The default. */
    SNAPPY,
    /** A third smaller; some readers cannot. */
    ZSTD;

    /** The name in a pipeline file: lower case. */
    public String yamlName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
