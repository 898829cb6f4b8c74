package io.sightline.event.imap;

/** The serializer numbers of the types that travel between members. A number once used is never given to another. */
public final class TypeIds {
    public static final int EVENT = 1001;
    public static final int SOURCE_RECORD = 1002;
    public static final int DEAD_LETTER = 1003;
    public static final int COUNTS = 1004;
    public static final int PROGRESS = 1005;
    public static final int HOT_KEY = 1006;
    public static final int PIPELINE_KEY = 1007;
    public static final int MARK_BUCKET = 1011;
    public static final int MARK_BATCH = 1012;
    public static final int MARK_INSERTS = 1013;
    public static final int DUPLICATE = 1014;
    public static final int REFERENCE_TABLE = 1021;
    public static final int ROLLUP_KEY = 1031;
    public static final int ROLLUP_WRITE = 1032;
    public static final int PARTIAL = 1033;
    public static final int LATENCIES = 1041;

    private TypeIds() {}
}
