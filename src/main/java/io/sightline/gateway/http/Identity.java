package io.sightline.gateway.http;

/**
 * What somebody who is logged in proved. Which role that gives, and whether it still gives one, is looked up at each
 * request, so that a changed access file counts at once.
 */
sealed interface Identity {
    /**
     * A password.
     *
     * @param verifier what it was checked with; after a change of password the session ends
     */
    record Password(String user, String verifier) implements Identity {}

    /** A token of an identity provider; the session ends when it expires. */
    record Token(String token) implements Identity {
        @Override
        public String toString() {
            return "Token[REDACTED]";
        }
    }
}
