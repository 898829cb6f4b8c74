package io.sightline.gateway.access;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.spec.AccessFile;
import io.sightline.spec.AccessSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who may log in, and as what. Immutable: a changed file makes another one. */
public final class Access {
    /** A user of the file. */
    public record Known(Principal principal, ScramVerifier verifier) {}

    /**
     * An identity provider whose tokens are taken.
     *
     * @param keys where it publishes its keys
     * @param roles by application role; the first that a token has counts
     * @param claims name in row filters to name in the token
     */
    public record TokenIssuer(
            String issuer, String audience, URI keys, Map<String, Role> roles, Map<String, String> claims) {}

    private final Map<String, Known> users;
    private final List<TokenIssuer> tokenIssuers;

    private Access(Map<String, Known> users, List<TokenIssuer> tokenIssuers) {
        this.users = users;
        this.tokenIssuers = tokenIssuers;
    }

    /** No users: everybody who can reach the gateway reads everything, so it must be reached from this machine alone. */
    public static Access open() {
        return new Access(Map.of(), List.of());
    }

    /**
     * What an access file says.
     *
     * @throws io.sightline.spec.AccessFileException if it cannot be used
     */
    public static Access load(Path file) {
        return of(AccessFile.load(file, Access::objection));
    }

    static Access of(AccessSpec spec) {
        Map<String, Role> roles = new LinkedHashMap<>();
        spec.roles()
                .forEach(role -> roles.put(
                        role.name(),
                        new Role(
                                role.name(),
                                role.admin(),
                                role.grants().stream().map(Access::grant).toList(),
                                role.maxRows(),
                                role.statementTimeout(),
                                role.concurrency())));
        Map<String, Known> users = new LinkedHashMap<>();
        for (AccessSpec.UserSpec user : spec.users()) {
            Principal principal = new Principal(user.name(), role(roles, user.role()), user.claims());
            users.put(user.name(), new Known(principal, ScramVerifier.parse(user.verifier())));
        }
        List<TokenIssuer> tokenIssuers = new ArrayList<>();
        for (AccessSpec.TokenSpec token : spec.tokens()) {
            Map<String, Role> ofToken = new LinkedHashMap<>();
            token.roles().forEach((appRole, role) -> ofToken.put(appRole, role(roles, role)));
            tokenIssuers.add(new TokenIssuer(token.issuer(), token.audience(), token.keys(), ofToken, token.claims()));
        }
        return new Access(users, List.copyOf(tokenIssuers));
    }

    private static Role role(Map<String, Role> roles, String name) {
        Role role = roles.get(name);
        if (role == null) {
            throw new IllegalArgumentException("no role " + name);
        }
        return role;
    }

    /** Whether nobody needs a password or a token. */
    public boolean isOpen() {
        return users.isEmpty() && tokenIssuers.isEmpty();
    }

    /**
     * Sees whether a door may listen there: beyond this machine only with users and TLS.
     *
     * @throws IllegalArgumentException if it would let people in who should not be, or be overheard
     */
    public void checkListens(InetSocketAddress address, boolean encrypted) {
        InetAddress host = address.getAddress();
        if (host != null && host.isLoopbackAddress()) {
            return;
        }
        if (isOpen()) {
            throw new IllegalArgumentException("without users the gateway listens on this machine alone, not on "
                    + address.getHostString() + "; add users to the access file, or listen on 127.0.0.1");
        }
        if (!encrypted) {
            throw new IllegalArgumentException("without TLS the gateway listens on this machine alone, not on "
                    + address.getHostString() + "; give a certificate and its key, or listen on 127.0.0.1");
        }
    }

    /** The identity providers whose tokens are taken. */
    public List<TokenIssuer> tokenIssuers() {
        return tokenIssuers;
    }

    /** How many users there are. */
    public int size() {
        return users.size();
    }

    /** The user of this name; null if there is none. */
    public @Nullable Known find(String user) {
        return users.get(user);
    }

    /**
     * Somebody as this file has them.
     *
     * @param proven the verifier that they have proven to know the password of; null if nobody asked
     * @throws StatementException if they may not, or no longer, enter with that
     */
    public Principal enter(String user, @Nullable ScramVerifier proven) {
        if (isOpen() && proven == null) {
            return new Principal(user, Role.readerOfEverything(), Map.of());
        }
        Known known = find(user);
        if (known == null || proven == null || !known.verifier().toString().equals(proven.toString())) {
            throw new StatementException(
                    SqlState.INVALID_AUTHORIZATION,
                    "user \"" + user + "\" may no longer enter as they did",
                    null,
                    "the access file has changed; connect again");
        }
        return known.principal();
    }

    private static Grant grant(AccessSpec.GrantSpec grant) {
        return new Grant(
                grant.relation(), grant.columns(), grant.rows() == null ? null : RowFilter.parse(grant.rows()));
    }

    private static @Nullable String objection(String rows) {
        try {
            RowFilter.parse(rows);
            return null;
        } catch (StatementException e) {
            return e.message();
        }
    }
}
