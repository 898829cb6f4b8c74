package io.sightline.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.sightline.gateway.access.Access.TokenIssuer;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks the tokens of identity providers (OpenID Connect, Entra ID; RFC 7519, RFC 8725). A token is taken if it is
 * signed by one of the provider's published keys with an asymmetric algorithm, names issuer and audience as the access
 * file does, is within its times, and has an application role that gives a role. Thread-safe.
 */
public final class AccessTokens {
    /** No symmetric one: else a provider's public key would pass for a shared secret. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(60);
    private static final int FETCH_MILLIS = 3_000;
    private static final int MOST_KEY_BYTES = 256 * 1024;

    private final Clock clock;
    private final Map<URI, JWKSource<SecurityContext>> keys = new ConcurrentHashMap<>();

    /** @param clock what the times in tokens are compared with */
    public AccessTokens(Clock clock) {
        this.clock = clock;
    }

    /** A token that is not taken. The message says why, for the log; it is not for whoever sent the token. */
    public static final class TokenException extends Exception {
        private static final long serialVersionUID = 1;

        TokenException(String message) {
            super(message);
        }
    }

    /**
     * Who a token stands for.
     *
     * @param token a signed JWT in its compact form
     * @throws TokenException if it is not taken
     */
    public Principal verify(String token, Access access) throws TokenException {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWTClaimsSet unproved = jwt.getJWTClaimsSet();
            TokenIssuer issuer = issuer(unproved, access);
            JWTClaimsSet claims = processor(issuer).process(jwt, null);
            checkTimes(claims);
            return principal(claims, issuer);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            throw new TokenException(String.valueOf(e.getMessage()));
        }
    }

    private static TokenIssuer issuer(JWTClaimsSet claims, Access access) throws TokenException {
        List<TokenIssuer> issuers = access.tokenIssuers().stream()
                .filter(issuer -> issuer.issuer().equals(claims.getIssuer()))
                .toList();
        if (issuers.isEmpty()) {
            throw new TokenException("its issuer is not in the access file");
        }
        return issuers.stream()
                .filter(issuer -> claims.getAudience().contains(issuer.audience()))
                .findFirst()
                .orElseThrow(() -> new TokenException("it is for another audience"));
    }

    private DefaultJWTProcessor<SecurityContext> processor(TokenIssuer issuer) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                ALGORITHMS, keys.computeIfAbsent(issuer.keys(), AccessTokens::published)));
        // Times are checked here, with a clock that is passed in.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        return processor;
    }

    /** A provider's keys: kept for minutes, fetched again for a key that is new, but not for every token that names one. */
    private static JWKSource<SecurityContext> published(URI address) {
        try {
            return JWKSourceBuilder.create(
                            address.toURL(), new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, MOST_KEY_BYTES))
                    .refreshAheadCache(false)
                    .outageTolerant(true)
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void checkTimes(JWTClaimsSet claims) throws TokenException {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        if (expires == null || !expires.toInstant().plus(CLOCKS_DIFFER).isAfter(now)) {
            throw new TokenException(expires == null ? "it never expires" : "it has expired");
        }
        if (notBefore != null && notBefore.toInstant().minus(CLOCKS_DIFFER).isAfter(now)) {
            throw new TokenException("it is not valid yet");
        }
    }

    private static Principal principal(JWTClaimsSet claims, TokenIssuer issuer) throws TokenException {
        List<String> appRoles = texts(claims.getClaim("roles"));
        Role role = issuer.roles().entrySet().stream()
                .filter(entry -> appRoles.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new TokenException("none of its roles gives a role"));
        Object name = claims.getClaim("preferred_username");
        String user = name instanceof String text && !text.isBlank() ? text : claims.getSubject();
        if (user == null) {
            throw new TokenException("it names nobody");
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        issuer.claims().forEach((ours, theirs) -> values.put(ours, texts(claims.getClaim(theirs))));
        return new Principal(user, role, values);
    }

    private static List<String> texts(@Nullable Object claim) {
        if (claim instanceof List<?> list) {
            return list.stream().filter(Objects::nonNull).map(String::valueOf).toList();
        }
        return claim == null ? List.of() : List.of(String.valueOf(claim));
    }
}
