package io.sightline.spec;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The access file as values: who may log in, and what each role may read. Every role that a user has is there. */
public record AccessSpec(List<UserSpec> users, List<RoleSpec> roles) {

    /**
     * Somebody, or a program, who logs in with a password.
     *
     * @param verifier what the password is checked with: {@code SCRAM-SHA-256$iterations:salt$stored key:server key}
     * @param claims values for the row filters of the role
     */
    public record UserSpec(String name, String role, String verifier, Map<String, List<String>> claims) {}

    /**
     * What those who have it may do.
     *
     * @param admin whether hot windows may be read without a bound on time
     */
    public record RoleSpec(
            String name,
            boolean admin,
            List<GrantSpec> grants,
            int maxRows,
            Duration statementTimeout,
            int concurrency) {}

    /**
     * What a role may read of one relation.
     *
     * @param relation its name, or {@code *} for every other
     * @param columns empty for all
     * @param rows a condition in SQL; null for all rows
     */
    public record GrantSpec(
            String relation, List<String> columns, @Nullable String rows) {}
}
