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

    /** Ends the query, finished or not. */
    @Override
    void close();
}
