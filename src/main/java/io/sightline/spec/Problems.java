package io.sightline.spec;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that is wrong with one pipeline file, in the order of its lines. Values are redacted and made printable as they
 * come in; beyond the first {@value #MOST} problems only their number is kept. Not thread-safe while it is filled.
 */
public final class Problems implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int MOST = 100;
    private static final int LONGEST_VALUE = 80;

    private final String file;
    private final List<Problem> list = new ArrayList<>();
    private int untold;

    Problems(String file) {
        this.file = file;
    }

    void add(
            int line,
            String path,
            @Nullable String value,
            String message,
            @Nullable String accepted,
            @Nullable String hint) {
        if (list.size() == MOST) {
            untold++;
            return;
        }
        list.add(new Problem(
                file,
                line,
                printable(Secrets.redact(path)),
                value == null ? null : shortened(printable(redact(path, value))),
                printable(message),
                accepted,
                hint == null ? null : printable(hint)));
    }

    void add(Place place, @Nullable String value, String message, @Nullable String accepted, @Nullable String hint) {
        add(place.line(), place.path(), value, message, accepted, hint);
    }

    /** The file as the person named it. */
    public String file() {
        return file;
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /** The problems by line. */
    public List<Problem> list() {
        List<Problem> byLine = new ArrayList<>(list);
        byLine.sort(Comparator.comparingInt(Problem::line));
        return List.copyOf(byLine);
    }

    /** How many problems there are beyond those in {@link #list}. */
    public int untold() {
        return untold;
    }

    /** One line a problem. */
    @Override
    public String toString() {
        String lines = list().stream().map(Problem::toString).collect(Collectors.joining("\n"));
        return untold == 0 ? lines : lines + "\n" + file + ": and " + untold + " more";
    }

    private static String redact(String path, String value) {
        return PipelineFormat.isSecret(path) ? Secrets.REDACTED : Secrets.redact(value);
    }

    private static String shortened(String value) {
        return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "...";
    }

    /** Control characters would let a file write to the terminal, or break a line in two. */
    private static String printable(String text) {
        return text.codePoints()
                .mapToObj(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                        ? String.format("\\u%04x", c)
                        : Character.toString(c))
                .collect(Collectors.joining());
    }
}
