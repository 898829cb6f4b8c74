package io.sightline.gateway.sql;

import java.util.regex.Pattern;

/** The values in a statement's text, which may be about people where names of relations and columns are not. */
public final class Literals {
    /** Names come first, so that nothing in them is taken for a value. Possessive, so that a long one takes no stack. */
    private static final Pattern NAME_OR_LITERAL =
            Pattern.compile("(\"[^\"]*+(?:\"\"[^\"]*+)*+\"?|[\\p{L}_][\\p{L}\\p{N}_$]*)"
                    + "|'[^']*+(?:''[^']*+)*+'?|\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?");

    private Literals() {}

    /**
     * The text with {@code ?} for every value.
     *
     * @param text of a {@link ScriptStatement}: without comments, and with no other quotes than these
     */
    public static String redact(String text) {
        return NAME_OR_LITERAL.matcher(text).replaceAll(found -> found.group(1) == null ? "?" : "$1");
    }
}
