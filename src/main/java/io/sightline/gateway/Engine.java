package io.sightline.gateway;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What runs statements that the guard has let through. Thread-safe. */
public interface Engine {
    /**
     * Starts a query and returns when its columns are known.
     *
     * @param sql one statement in the engine's own dialect, with {@code ?} for parameters
     * @param timeout for the whole of it, until its last row is read; zero for none
     * @throws StatementException if the engine refuses it, or it fails
     */
    Rows execute(String sql, List<? extends @Nullable Object> parameters, Duration timeout);
}
