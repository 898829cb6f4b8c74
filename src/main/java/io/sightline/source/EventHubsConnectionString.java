package io.sightline.source;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection string of an Event Hubs namespace, checked as far as it can be without asking Azure. The whole string is
 * the password of the Kafka endpoint; it never prints.
 */
final class EventHubsConnectionString {
    private static final String ENDPOINT = "endpoint";
    private static final String KEY_NAME = "sharedaccesskeyname";
    private static final String KEY = "sharedaccesskey";
    private static final String SIGNATURE = "sharedaccesssignature";
    private static final String ENTITY_PATH = "entitypath";
    private static final String EMULATOR = "usedevelopmentemulator";

    private final String text;
    private final Map<String, String> parts;

    private EventHubsConnectionString(String text, Map<String, String> parts) {
        this.text = text;
        this.parts = parts;
    }

    /** @throws SourceException if the string cannot be one of an Event Hubs namespace; the message does not repeat it */
    static EventHubsConnectionString parse(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            throw SourceException.badConnectionString("it is empty");
        }
        if (trimmed.chars().anyMatch(Character::isISOControl)) {
            throw SourceException.badConnectionString("it holds a line break or another control character");
        }
        Map<String, String> parts = new HashMap<>();
        for (String part : trimmed.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(part.substring(0, equals).strip().toLowerCase(Locale.ROOT), part.substring(equals + 1));
            }
        }
        if (!parts.getOrDefault(ENDPOINT, "").startsWith("sb://")) {
            throw SourceException.badConnectionString("Endpoint=sb://... is missing");
        }
        if (parts.containsKey(SIGNATURE)) {
            throw SourceException.badConnectionString(
                    "it holds a SharedAccessSignature, which the Kafka endpoint does not take");
        }
        if (parts.getOrDefault(KEY_NAME, "").isBlank()) {
            throw SourceException.badConnectionString("SharedAccessKeyName is missing");
        }
        if (parts.getOrDefault(KEY, "").isBlank()) {
            throw SourceException.badConnectionString("SharedAccessKey is missing");
        }
        return new EventHubsConnectionString(trimmed, parts);
    }

    /** The event hub it is limited to; null if it is one of the whole namespace. */
    @Nullable
    String entityPath() {
        return parts.get(ENTITY_PATH);
    }

    /** Whether it leads to the local emulator, which speaks the same protocol without TLS. */
    boolean isOfEmulator() {
        return Boolean.parseBoolean(parts.get(EMULATOR));
    }

    /** The password of the Kafka endpoint: the whole of it, a secret. */
    String password() {
        return text;
    }

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
