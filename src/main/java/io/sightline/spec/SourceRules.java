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

    private SourceRules() {}

    static void check(Place source, Problems problems) {
        addressIsComplete(source.at(BOOTSTRAP_SERVERS), problems);
        connectionStringSuitsProfile(source, problems);
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

    private static void connectionStringSuitsProfile(Place source, Problems problems) {
        Place secret = source.at(CONNECTION_STRING);
        String profile = source.at(PROFILE).text();
        if (source.isMapping() && "event-hubs".equals(profile) && secret.isAbsent()) {
            problems.add(
                    secret,
                    null,
                    "missing; profile event-hubs needs it",
                    "${env:NAME} or ${file:PATH}",
                    "write `connection-string: ${env:EVENT_HUBS_CONNECTION_STRING}`");
        } else if ("kafka".equals(profile) && !secret.isAbsent()) {
            problems.add(
                    secret,
                    null,
                    "of no use with profile kafka",
                    "no connection-string",
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
