package io.sightline.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A piece of a {@link Setting}: text, or a reference to a value elsewhere. */
sealed interface SettingPart {
    String ACCEPTED = "${env:NAME}, ${env:NAME:-default} or ${file:PATH}";

    /** The piece as the file has it. */
    String written();

    /** Text that stands for itself. */
    record Literal(String written) implements SettingPart {}

    /**
     * An environment variable.
     *
     * @param byDefault stands in for a variable that is unset or empty; null if nothing does
     */
    record Variable(String written, String name, @Nullable String byDefault) implements SettingPart {}

    /** A file, as the process that resolves it sees it. */
    record File(String written, String path) implements SettingPart {}

    /**
     * The pieces of a text, in order.
     *
     * @throws IllegalArgumentException if a reference is malformed; the message says how, and holds no value
     */
    static List<SettingPart> parse(String text) {
        List<SettingPart> parts = new ArrayList<>();
        int from = 0;
        for (int open = text.indexOf("${"); open >= 0; open = text.indexOf("${", from)) {
            if (open > from) {
                parts.add(new Literal(text.substring(from, open)));
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new IllegalArgumentException("a reference ${ is never closed by }");
            }
            parts.add(reference(text.substring(open, close + 1)));
            from = close + 1;
        }
        if (from < text.length()) {
            parts.add(new Literal(text.substring(from)));
        }
        return parts;
    }

    private static SettingPart reference(String written) {
        Matcher variable = Written.VARIABLE.matcher(written);
        if (variable.matches()) {
            return new Variable(written, variable.group(1), variable.group(2));
        }
        Matcher file = Written.FILE.matcher(written);
        if (file.matches()) {
            return new File(written, file.group(1));
        }
        if (Written.BARE.matcher(written).matches()) {
            throw new IllegalArgumentException("a reference does not say where to look: it lacks env: or file:");
        }
        throw new IllegalArgumentException("a reference is malformed");
    }

    /** How references are written. */
    final class Written {
        private static final Pattern VARIABLE =
                Pattern.compile("\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?}", Pattern.DOTALL);
        private static final Pattern FILE = Pattern.compile("\\$\\{file:([^{}\\s]+)}");
        private static final Pattern BARE = Pattern.compile("\\$\\{[A-Za-z_][A-Za-z0-9_]*}");

        private Written() {}
    }
}
