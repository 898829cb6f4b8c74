package io.sightline.spec;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The access file as values: who may log in, and what each role may read. Every role that a user or a token gives is
 * there.
 */
public record AccessSpec(List<UserSpec> users, List<RoleSpec> roles, List<TokenSpec> tokens) {

    /**
     * Somebody, or a program, who logs in with a password.
     *
     * @param verifier what the password is checked with: {@code SCRAM-SHA-256$iterations:salt$stored key:server key}
     * @param claims values for the row filters of the role
     */
    public record UserSpec(String name, String role, String verifier, Map<String, List<String>> claims) {}

    /**
     * An identity provider (OpenID Connect, Entra ID) whose tokens are taken instead of a password.
     *
     * @param issuer the token's {@code iss}, letter for letter
     * @param audience one of the token's {@code aud}
     * @param keys where the provider publishes its keys, as a JSON Web Key Set
     * @param roles application role, as in the token's {@code roles}, to role; the first that the token has counts
     * @param claims name in row filters to name in the token
     */
    public record TokenSpec(
            String issuer, String audience, URI keys, Map<String, String> roles, Map<String, String> claims) {}

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
