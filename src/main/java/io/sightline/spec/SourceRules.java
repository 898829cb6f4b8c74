package io.sightline.spec;

import static io.sightline.spec.PipelineFormat.*;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of the section {@code source}: addresses have ports, a profile has what it needs and nothing else, times exist. */
final class SourceRules {
    private static final Pattern ADDRESS =
            Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,252})|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");
    private static final int LARGEST_PORT = 65_535;

    /** In every cloud a namespace is called NAME.servicebus.SUFFIX. */
    private static final Pattern HUB_ADDRESS =
            Pattern.compile("[A-Za-z0-9-]+\\.servicebus\\.[A-Za-z0-9.-]+:([0-9]{1,5})");

    private static final String KAFKA_ENDPOINT_PORT = "9093";

    private SourceRules() {}

    static void check(Place source, Problems problems) {
        addressIsComplete(source.at(BOOTSTRAP_SERVERS), problems);
        addressSuitsProfile(source, problems);
        accessSuitsProfile(source, problems);
        startExists(source.at(START), problems);
    }

    private static void addressIsComplete(Place address, Problems problems) {
        String text = address.text();
        String known = text == null ? null : withDefaults(text);
        String objection = known == null ? null : objectionToAddress(known);
        if (objection != null) {
            problems.add(address, text, objection, "host:port, several separated by commas", null);
        }
    }

    /** The text as far as the file alone tells; null where a reference without a default is in it. */
    private static @Nullable String withDefaults(String text) {
        StringBuilder known = new StringBuilder();
        try {
            for (SettingPart part : SettingPart.parse(text)) {
                String value = part instanceof SettingPart.Literal ? part.written() : null;
                if (part instanceof SettingPart.Variable variable) {
                    value = variable.byDefault();
                }
                if (value == null) {
                    return null;
                }
                known.append(value);
            }
        } catch (IllegalArgumentException e) {
            return null; // reported by ShapeCheck
        }
        return known.toString();
    }

    /** What is wrong with this list of broker addresses; null if nothing is. */
    static @Nullable String objectionToAddress(String addresses) {
        if (addresses.contains("://")) {
            return "an address with a scheme";
        }
        return Arrays.stream(addresses.split(",", -1))
                .map(address -> objectionToOne(address.strip()))
                .filter(objection -> objection != null)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String objectionToOne(String address) {
        Matcher matcher = ADDRESS.matcher(address);
        if (!matcher.matches()) {
            return address.isEmpty() ? "an empty address" : "an address without a port, or no address";
        }
        int port = Integer.parseInt(matcher.group(3));
        return port < 1 || port > LARGEST_PORT ? "an address whose port is not from 1 to " + LARGEST_PORT : null;
    }

    private static void addressSuitsProfile(Place source, Problems problems) {
        Place address = source.at(BOOTSTRAP_SERVERS);
        String text = address.text();
        String known = text == null ? null : withDefaults(text);
        String profile = source.at(PROFILE).text();
        if (known == null || objectionToAddress(known) != null) {
            return;
        }
        Matcher hub = HUB_ADDRESS.matcher(known.strip());
        if ("kafka".equals(profile) && hub.matches()) {
            problems.add(
                    address,
                    text,
                    "an Event Hubs namespace, which profile kafka does not reach",
                    "the address of a Kafka broker",
                    "write `profile: event-hubs`");
        } else if ("event-hubs".equals(profile) && known.contains(",")) {
            problems.add(address, text, "several addresses with profile event-hubs", "the one of the namespace", null);
        } else if ("event-hubs".equals(profile) && hub.matches() && !KAFKA_ENDPOINT_PORT.equals(hub.group(1))) {
            problems.add(
                    address,
                    text,
                    "not the port of the Kafka endpoint of Event Hubs",
                    "host:" + KAFKA_ENDPOINT_PORT,
                    null);
        }
    }

    private static void accessSuitsProfile(Place source, Problems problems) {
        Place secret = source.at(CONNECTION_STRING);
        Place identity = source.at(IDENTITY);
        String profile = source.at(PROFILE).text();
        if (source.isMapping() && "event-hubs".equals(profile)) {
            if (secret.isAbsent() && identity.isAbsent()) {
                problems.add(
                        secret,
                        null,
                        "missing; profile event-hubs needs it, or `identity`",
                        "${env:NAME} or ${file:PATH}",
                        "write `connection-string: ${env:EVENT_HUBS_CONNECTION_STRING}`, or `identity: workload`");
            } else if (!secret.isAbsent() && !identity.isAbsent()) {
                problems.add(
                        identity,
                        identity.text(),
                        "stands beside a connection-string",
                        "one of the two",
                        "remove the connection-string to enter with Entra ID, or this to enter with a key");
            }
        } else if ("kafka".equals(profile)) {
            ofNoUse(secret, CONNECTION_STRING, problems);
            ofNoUse(identity, IDENTITY, problems);
        }
    }

    private static void ofNoUse(Place place, Key key, Problems problems) {
        if (!place.isAbsent()) {
            problems.add(
                    place,
                    null,
                    "of no use with profile kafka",
                    "no " + key.name(),
                    "remove it, or write `profile: event-hubs`");
        }
    }

    private static void startExists(Place start, Problems problems) {
        String text = start.text();
        boolean wellFormed = text != null && START.shape() instanceof Shape.Text form && text.matches(form.regex());
        if (wellFormed && startOf(start.requiredText()) == null) {
            problems.add(
                    start, text, "a time that does not exist", START.shape().accepted(), null);
        }
    }

    /** The start that this text means; null if none. */
    static SourceSpec.@Nullable Start startOf(String text) {
        return switch (text) {
            case "earliest" -> new SourceSpec.Start.Earliest();
            case "latest" -> new SourceSpec.Start.Latest();
            default -> {
                Instant time = time(text);
                yield time == null ? null : new SourceSpec.Start.At(time);
            }
        };
    }

    private static @Nullable Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
