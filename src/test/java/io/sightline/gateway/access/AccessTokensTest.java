package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.sightline.gateway.access.AccessTokens.TokenException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens against a provider's published keys: the ways in which one is not what it says. */
class AccessTokensTest {
    private static final Instant NOW = Instant.parse("2026-03-14T09:00:00Z");
    private static final String ISSUER = "https://login.example/tenant/v2.0";
    private static final String AUDIENCE = "api://sightline";

    @TempDir
    static Path folder;

    private static RSAKey key;
    private static RSAKey unpublished;
    private static HttpServer provider;
    private static Access access;
    private static final AccessTokens TOKENS = new AccessTokens(Clock.fixed(NOW, ZoneOffset.UTC));

    @BeforeAll
    static void start() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("one").generate();
        unpublished = new RSAKeyGenerator(2048).keyID("one").generate();
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        provider.createContext("/keys", exchange -> {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        provider.start();
        access = Access.load(Files.writeString(folder.resolve("access.yaml"), """
                roles:
                  - {role: reading, reads: [{relation: places, rows: "site IN (${claim:site})"}]}
                  - {role: everything, reads: [{relation: "*"}]}
                tokens:
                  - issuer: %s
                    audience: %s
                    keys: http://127.0.0.1:%d/keys
                    roles:
                      - {app-role: Sightline.Read, role: reading}
                      - {app-role: Sightline.All, role: everything}
                    claims: {site: extension_sites}
                """.formatted(
                        ISSUER, AUDIENCE, provider.getAddress().getPort())));
    }

    @AfterAll
    static void stop() {
        provider.stop(0);
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(List.of("api://other", AUDIENCE))
                .subject("4711")
                .claim("preferred_username", "ann@example.com")
                .claim("roles", List.of("Unknown", "Sightline.All", "Sightline.Read"))
                .claim("extension_sites", List.of("Reading", "Hull"))
                .notBeforeTime(Date.from(NOW.minusSeconds(60)))
                .expirationTime(Date.from(NOW.plusSeconds(3600)));
    }

    private static String signed(JWTClaimsSet claims) {
        return signed(
                claims, new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(), rsa(key));
    }

    private static String signed(JWTClaimsSet claims, JWSHeader header, JWSSigner signer) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims);
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static JWSSigner rsa(RSAKey signing) {
        try {
            return new RSASSASigner(signing);
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void aTokenGivesUserRoleAndClaims() throws TokenException {
        // When
        Principal principal = TOKENS.verify(signed(claims().build()), access);

        // Then
        assertThat(access.isOpen()).isFalse();
        assertThat(principal.user()).isEqualTo("ann@example.com");
        assertThat(principal.role().name()).isEqualTo("reading");
        assertThat(principal.claims()).isEqualTo(Map.of("site", List.of("Reading", "Hull")));
    }

    @Test
    void aTokenOfAProgramGivesItsSubjectAndMayBeAnAccessToken() throws TokenException {
        // Given
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("one")
                .type(new JOSEObjectType("at+jwt"))
                .build();
        JWTClaimsSet claims = claims().claim("preferred_username", null)
                .claim("roles", "Sightline.All")
                .build();

        // When
        Principal principal = TOKENS.verify(signed(claims, header, rsa(key)), access);

        // Then
        assertThat(principal.user()).isEqualTo("4711");
        assertThat(principal.role().name()).isEqualTo("everything");
    }

    static Stream<Arguments> wrongClaims() {
        return Stream.of(
                wrong("it has expired", c -> c.expirationTime(Date.from(NOW.minusSeconds(61)))),
                wrong("it never expires", c -> c.expirationTime(null)),
                wrong("it is not valid yet", c -> c.notBeforeTime(Date.from(NOW.plusSeconds(61)))),
                wrong("it is for another audience", c -> c.audience("api://other")),
                wrong("it is for another audience", c -> c.audience((String) null)),
                wrong("its issuer is not in the access file", c -> c.issuer("https://login.example/other/v2.0")),
                wrong("its issuer is not in the access file", c -> c.issuer(null)),
                wrong("none of its roles gives a role", c -> c.claim("roles", List.of("sightline.read"))),
                wrong("none of its roles gives a role", c -> c.claim("roles", null)),
                wrong("it names nobody", c -> c.claim("preferred_username", " ").subject(null)));
    }

    private static Arguments wrong(String why, UnaryOperator<JWTClaimsSet.Builder> change) {
        return Arguments.of(why, change);
    }

    @ParameterizedTest
    @MethodSource("wrongClaims")
    void aTokenThatSaysSomethingElseIsNotTaken(String why, UnaryOperator<JWTClaimsSet.Builder> change) {
        String token = signed(change.apply(claims()).build());
        assertThatThrownBy(() -> TOKENS.verify(token, access))
                .isInstanceOf(TokenException.class)
                .hasMessage(why);
    }

    static Stream<Arguments> forgeries() throws JOSEException, IOException {
        JWTClaimsSet claims = claims().build();
        JWSHeader hs256 = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build();
        JWSHeader rs256 = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build();
        JWSHeader other = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("two").build();
        JWSHeader logout = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("one")
                .type(new JOSEObjectType("logout+jwt"))
                .build();
        String good = signed(claims);
        String[] parts = good.split("\\.", -1);
        String flipped =
                parts[0] + "." + parts[1] + "." + (parts[2].startsWith("A") ? "B" : "A") + parts[2].substring(1);
        return Stream.of(
                Arguments.of("unsigned", new PlainJWT(claims).serialize()),
                Arguments.of("signature cut off", parts[0] + "." + parts[1] + "."),
                Arguments.of(
                        "HMAC with the public key",
                        signed(claims, hs256, new MACSigner(key.toRSAPublicKey().getEncoded()))),
                Arguments.of(
                        "HMAC with the public key as text",
                        signed(claims, hs256, new MACSigner(key.toPublicJWK().toJSONString()))),
                Arguments.of("signed by a key of the same name", signed(claims, rs256, rsa(unpublished))),
                Arguments.of("signed by a key that is not published", signed(claims, other, rsa(unpublished))),
                Arguments.of("of another type", signed(claims, logout, rsa(key))),
                Arguments.of("changed", flipped),
                Arguments.of("no token", "a.b.c"),
                Arguments.of("nothing", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void aTokenThatTheProviderDidNotSignIsNotTaken(String what, String token) {
        assertThatThrownBy(() -> TOKENS.verify(token, access)).as(what).isInstanceOf(TokenException.class);
    }

    @Test
    void withoutTheProvidersKeysNoTokenIsTaken() throws IOException {
        // Given
        Access unreachable =
                Access.load(Files.writeString(folder.resolve("unreachable.yaml"), """
                roles: [{role: everything, reads: [{relation: "*"}]}]
                tokens:
                  - issuer: %s
                    audience: %s
                    keys: http://127.0.0.1:1/keys
                    roles: [{app-role: Sightline.All, role: everything}]
                """.formatted(ISSUER, AUDIENCE)));

        // Then
        assertThatThrownBy(() -> TOKENS.verify(signed(claims().build()), unreachable))
                .isInstanceOf(TokenException.class);
    }
}
