package io.sightline.source;

import java.io.IOException;

/** Entra ID gives no token. The message says who said so, why, and what to look at; no secret is in it. */
final class EntraException extends IOException {
    private static final long serialVersionUID = 1;

    EntraException(String message) {
        super(message);
    }
}
