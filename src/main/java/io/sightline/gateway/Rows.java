package io.sightline.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a running query. Read by one thread; {@link #close} may come from any and makes {@link #next} fail. */
public interface Rows extends AutoCloseable {
    List<ResultColumn> columns();

    /**
     * The next row, one value a column; null after the last.
     *
     * @throws StatementException if the query fails, takes too long or was closed
     */
    @Nullable
    Object @Nullable [] next();

    /** A form in which rows are sent; equal to another of the same form. */
    interface Encoding {
        /** The bytes; null if there would be more than so many. */
        byte @Nullable [] encode(List<@Nullable Object[]> rows, int mostBytes);
    }

    /**
     * Rows as they are sent.
     *
     * @param bytes not to be changed: others have the same
     * @param rows how many there are
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Encoded(byte[] bytes, int rows) {}

    /**
     * All rows, encoded once for all who read the same in the same form; after that there is no {@link #next}. Null if they
     * are not to be had together, or for nobody else, or some have been read, or there are more than so many: then
     * {@link #next} gives them.
     *
     * @throws StatementException as {@link #next}
     */
    default @Nullable Encoded encoded(Encoding encoding, int atMost) {
        return null;
    }

    /** Ends the query, finished or not. */
    @Override
    void close();
}
