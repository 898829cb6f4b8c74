package io.sightline.gateway.pg;

import io.sightline.gateway.access.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's half of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677), one login long. A user that does not
 * exist gets a verifier that nobody has the password of, and the conversation is the same.
 */
final class ScramExchange {
    static final String MECHANISM = "SCRAM-SHA-256";

    private static final Pattern CLIENT_FIRST = Pattern.compile("([ny]),,(n=[^,]*,r=([!-+\\--~]+)(?:,.*)?)");
    private static final Pattern CLIENT_FINAL =
            Pattern.compile("(c=([A-Za-z0-9+/=]+),r=([!-+\\--~]+)),p=([A-Za-z0-9+/=]+)");

    private final ScramVerifier verifier;
    private final String serverNonce;
    private String gs2 = "";
    private String clientFirstBare = "";
    private String serverFirst = "";
    private String nonce = "";

    /**
     * An exchange for one user.
     *
     * @param serverNonce random, printable, without commas
     */
    ScramExchange(ScramVerifier verifier, String serverNonce) {
        this.verifier = verifier;
        this.serverNonce = serverNonce;
    }

    /**
     * The answer to the client's first message.
     *
     * @throws IllegalArgumentException if it is none
     */
    String first(String message) {
        Matcher matcher = CLIENT_FIRST.matcher(message);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("malformed SCRAM message");
        }
        gs2 = matcher.group(1) + ",,";
        clientFirstBare = matcher.group(2);
        nonce = matcher.group(3) + serverNonce;
        serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(verifier.salt()) + ",i="
                + verifier.iterations();
        return serverFirst;
    }

    /**
     * The answer to the client's last message.
     *
     * @throws IllegalArgumentException if it does not prove that the client knows the password
     */
    String last(String message) {
        Matcher matcher = CLIENT_FINAL.matcher(message);
        if (!matcher.matches()
                || !matcher.group(3).equals(nonce)
                || !matcher.group(2)
                        .equals(Base64.getEncoder().encodeToString(gs2.getBytes(StandardCharsets.US_ASCII)))) {
            throw new IllegalArgumentException("malformed SCRAM message");
        }
        byte[] authMessage =
                (clientFirstBare + "," + serverFirst + "," + matcher.group(1)).getBytes(StandardCharsets.UTF_8);
        if (!verifier.isProof(Base64.getDecoder().decode(matcher.group(4)), authMessage)) {
            throw new IllegalArgumentException("wrong password");
        }
        return "v=" + Base64.getEncoder().encodeToString(verifier.serverSignature(authMessage));
    }
}
