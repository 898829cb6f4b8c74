package io.sightline.gateway.access;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What those who have it may do.
 *
 * @param admin whether it may read a hot window without a bound on time
 * @param grants at most one a relation
 * @param maxRows a result with more rows fails
 * @param statementTimeout for one statement
 * @param concurrency so many statements of the role run at once
 */
public record Role(
        String name, boolean admin, List<Grant> grants, int maxRows, Duration statementTimeout, int concurrency) {
    public static final int DEFAULT_MAX_ROWS = 100_000;
    public static final Duration DEFAULT_STATEMENT_TIMEOUT = Duration.ofSeconds(30);
    public static final int DEFAULT_CONCURRENCY = 8;

    /** Reads everything, as long as it bounds its reading of hot windows. */
    public static Role readerOfEverything() {
        return new Role(
                "reader",
                false,
                List.of(new Grant(Grant.EVERY_OTHER, List.of(), null)),
                DEFAULT_MAX_ROWS,
                DEFAULT_STATEMENT_TIMEOUT,
                DEFAULT_CONCURRENCY);
    }

    /** Reads nothing: of somebody who is not known. */
    public static Role readerOfNothing() {
        return new Role("nobody", false, List.of(), 0, DEFAULT_STATEMENT_TIMEOUT, 1);
    }

    /** What is counted of a role. With another limit, which a changed access file may give it, it counts anew. */
    record Limit(String role, int concurrency) {}

    Limit limit() {
        return new Limit(name, concurrency);
    }

    /** What the role may read of this relation; null for nothing. */
    public @Nullable Grant grant(String relation) {
        Grant everyOther = null;
        for (Grant grant : grants) {
            if (grant.relation().equals(relation)) {
                return grant;
            }
            if (grant.relation().equals(Grant.EVERY_OTHER)) {
                everyOther = grant;
            }
        }
        return everyOther;
    }

    /** Which rows of a relation it reads, as the access file says it; null for all. */
    @Nullable
    String policy(String relation) {
        Grant grant = grant(relation);
        return grant == null || grant.rows() == null ? null : grant.rows().text();
    }

    /** The claims that its row filters ask for. */
    public Set<String> claims() {
        return grants.stream()
                .map(Grant::rows)
                .filter(java.util.Objects::nonNull)
                .flatMap(rows -> rows.claims().stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
