package io.sightline.event;

import org.jspecify.annotations.Nullable;

/**
 * One decoded item of the input, on its way through the job. Immutable by convention: the arrays are shared between
 * copies and never written after construction. Flat rather than nested, because the job holds millions of them.
 *
 * <p>{@code idHigh} and {@code idLow} are the 128 bits that deduplication remembers. {@code added} holds the columns of
 * enrichment, those of all references one after the other; before enrichment it is empty.
 */
public final class Event {
    public static final @Nullable Object[] NOTHING_ADDED = new Object[0];

    private final int topicPartition;
    private final int index;
    private final long offset;
    private final long sourceTimeMillis;
    private final long eventTimeMicros;
    private final long idHigh;
    private final long idLow;
    private final @Nullable Object[] values;
    private final @Nullable String extra;
    private final @Nullable Object[] added;

    /**
     * @param sourceTimeMillis source time, milliseconds since 1970
     * @param eventTimeMicros event time, microseconds since 1970
     * @param values one value a field of the schema, each null or of {@link FieldType#javaType}
     * @param extra unknown fields as one JSON object; null if there were none
     * @param added one value an added column, or {@link #NOTHING_ADDED}
     */
    public Event(
            int topicPartition,
            long offset,
            int index,
            long sourceTimeMillis,
            long eventTimeMicros,
            long idHigh,
            long idLow,
            @Nullable Object[] values,
            @Nullable String extra,
            @Nullable Object[] added) {
        this.topicPartition = topicPartition;
        this.offset = offset;
        this.index = index;
        this.sourceTimeMillis = sourceTimeMillis;
        this.eventTimeMicros = eventTimeMicros;
        this.idHigh = idHigh;
        this.idLow = idLow;
        this.values = values;
        this.extra = extra;
        this.added = added;
    }

    /** The same event with the columns of enrichment. */
    public Event withAdded(@Nullable Object[] columns) {
        return new Event(
                topicPartition,
                offset,
                index,
                sourceTimeMillis,
                eventTimeMicros,
                idHigh,
                idLow,
                values,
                extra,
                columns);
    }

    public Origin origin() {
        return new Origin(topicPartition, offset, index);
    }

    public int topicPartition() {
        return topicPartition;
    }

    public long offset() {
        return offset;
    }

    /** The position in the record's array. */
    public int index() {
        return index;
    }

    public long sourceTimeMillis() {
        return sourceTimeMillis;
    }

    public long eventTimeMicros() {
        return eventTimeMicros;
    }

    public long idHigh() {
        return idHigh;
    }

    public long idLow() {
        return idLow;
    }

    /** The value of the field at this position of the schema. */
    public @Nullable Object value(int field) {
        return values[field];
    }

    /** All values, in schema order; not to be written to. */
    public @Nullable Object[] values() {
        return values;
    }

    /** Unknown fields as one JSON object; null if there were none. */
    public @Nullable String extra() {
        return extra;
    }

    /** The columns of enrichment; not to be written to. */
    public @Nullable Object[] added() {
        return added;
    }

    @Override
    public String toString() {
        return "Event[" + origin() + "]";
    }
}
