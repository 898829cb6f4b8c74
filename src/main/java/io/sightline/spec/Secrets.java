package io.sightline.spec;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a secret looks like. A guess for the sake of logs and messages: it errs on the side of hiding, and it is no
 * reason to put a secret into a pipeline file, where {@link Setting} references belong.
 */
final class Secrets {
    static final String REDACTED = "[REDACTED]";

    private static final String LITERAL = "(?!\\$\\{)[^\\s;,}]";
    private static final List<Pattern> SHAPES = List.of(
            Pattern.compile(
                    "(?i)(sharedaccess(key|signature)|accountkey|passw(or)?d|pwd|secret|token|api[-_]?key|\\bsig)"
                            + "\\s*[=:]\\s*" + LITERAL),
            Pattern.compile("eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]+"),
            Pattern.compile("(?i)\\bbearer\\s+" + LITERAL + "{8,}"),
            Pattern.compile("://[^/\\s:@]*:" + LITERAL + "+@"),
            Pattern.compile("-----BEGIN"),
            Pattern.compile("[A-Za-z0-9+/]{20,}={1,2}(?![A-Za-z0-9])"),
            Pattern.compile("\\b[0-9a-fA-F]{32,}\\b"));
    private static final Pattern LONG_WORD = Pattern.compile("[A-Za-z0-9_+-]{32,}");

    private Secrets() {}

    /** The text, or {@link #REDACTED} in its place if a secret may stand in it. */
    static String redact(String text) {
        return mayStandIn(text) ? REDACTED : text;
    }

    static boolean mayStandIn(String text) {
        return SHAPES.stream().anyMatch(shape -> shape.matcher(text).find())
                || LONG_WORD.matcher(text).results().anyMatch(word -> looksRandom(word.group()));
    }

    private static boolean looksRandom(String word) {
        return word.chars().anyMatch(Character::isUpperCase)
                && word.chars().anyMatch(Character::isLowerCase)
                && word.chars().anyMatch(Character::isDigit);
    }
}
