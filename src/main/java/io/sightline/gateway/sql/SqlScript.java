package io.sightline.gateway.sql;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits what a client sends into statements, and spells in each what the parser does not read as PostgreSQL does:
 * comments that nest, {@code E'...'} and {@code $$...$$}, {@code $1}, {@code interval '5 minutes'}, and columns called
 * {@code time} or {@code date}. Looks at tokens only; what they mean is for the parser.
 */
public final class SqlScript {
    /** Types that PostgreSQL lets columns be named after. */
    private static final Set<String> TYPE_NAMES = Set.of("time", "date", "timestamp");

    private static final Set<String> INTERVAL_UNITS = Set.of(
            "year", "month", "day", "hour", "minute", "second", "years", "months", "days", "hours", "minutes",
            "seconds");
    private static final Pattern CAST_TO_INTERVAL = Pattern.compile("\\s*::\\s*interval\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");
    private static final Pattern DOLLAR_QUOTE = Pattern.compile("\\$([\\p{L}_][\\p{L}\\p{N}_]*)?\\$");
    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d{1,5})");
    private static final Pattern NUMBER =
            Pattern.compile("\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?");
    private static final Pattern CAST = Pattern.compile(
            "::\\s*((?:\"[^\"]+\"|[\\p{L}_][\\w.]*)(?:\\s+precision|\\s+varying)?(?:\\s*\\(\\s*\\d+(?:\\s*,\\s*\\d+)?\\s*\\))?"
                    + "(?:\\s+with(?:out)?\\s+time\\s+zone)?)",
            Pattern.CASE_INSENSITIVE);

    /** Words before a parenthesis that is no list of arguments. */
    private static final Set<String> KEYWORDS = Set.of(
            "and",
            "or",
            "not",
            "in",
            "select",
            "where",
            "on",
            "when",
            "then",
            "else",
            "between",
            "like",
            "ilike",
            "having",
            "by",
            "from",
            "join",
            "as",
            "values",
            "all",
            "any",
            "some",
            "distinct",
            "union",
            "using",
            "is",
            "escape");

    private static final Pattern NEXT = Pattern.compile("\\s*(::|[\\p{L}_]\\w*|\\S?)");

    private final String script;
    private final List<ScriptStatement> statements = new ArrayList<>();
    private StringBuilder text = new StringBuilder();
    private int[] offsets = new int[64];
    private List<Integer> parameters = new ArrayList<>();
    private String before = "";
    /** Where in the text the operand begins that a cast behind it would take. */
    private int operand;

    private final Deque<Integer> open = new ArrayDeque<>();
    private int start;
    private int at;

    private SqlScript(String script) {
        this.script = script;
    }

    /**
     * The statements of a script, in order, empty ones among them; at least one.
     *
     * @throws StatementException if a quote or a comment has no end
     */
    public static List<ScriptStatement> split(String script) {
        SqlScript split = new SqlScript(script);
        while (split.at < script.length()) {
            split.token();
        }
        if (split.statements.isEmpty() || !split.script.substring(split.start).isBlank()) {
            split.end();
        }
        return split.statements;
    }

    private void token() {
        char c = script.charAt(at);
        if (c == ';') {
            end();
            at++;
            start = at;
        } else if (script.startsWith("--", at)) {
            int end = script.indexOf('\n', at);
            at = end < 0 ? script.length() : end;
        } else if (script.startsWith("/*", at)) {
            put(" ", at);
            at = commentEnd();
        } else if (c == '\'') {
            beginOperand();
            string(at, quoted(at, '\''));
        } else if (c == '"') {
            beginOperand();
            copyTo(quoted(at, '"'));
            before = "\"";
        } else if (c == '$') {
            beginOperand();
            dollar();
        } else if (script.startsWith("::", at)) {
            cast();
        } else if (Character.isDigit(c)) {
            beginOperand();
            Matcher number = NUMBER.matcher(script).region(at, script.length());
            copyTo(number.lookingAt() ? number.end() : at + 1);
            before = "1";
        } else if (c == '(') {
            // Behind a name, the arguments of a function, which the operand is together with its name.
            boolean arguments = before.equals("\"") || (WORD.matcher(before).matches() && !KEYWORDS.contains(before));
            open.push(arguments ? operand : text.length());
            before = "(";
            copyTo(at + 1);
        } else if (c == ')') {
            operand = open.isEmpty() ? text.length() : open.pop();
            before = ")";
            copyTo(at + 1);
        } else if (c == '?') {
            throw syntaxError("a parameter is written $1", at);
        } else if (Character.isLetter(c) || c == '_') {
            word();
        } else {
            if (!Character.isWhitespace(c)) {
                before = String.valueOf(c);
            }
            copyTo(at + 1);
        }
    }

    private void beginOperand() {
        if (!before.equals(".")) {
            operand = text.length();
        }
    }

    /** {@code operand::type}, which the parser would read with a precedence of its own, as CAST. */
    private void cast() {
        Matcher cast = CAST.matcher(script).region(at, script.length());
        if (!cast.lookingAt()) {
            throw syntaxError("a type is missing behind ::", at);
        }
        String inside = text.substring(operand);
        int[] places = Arrays.copyOfRange(offsets, operand, text.length());
        text.setLength(operand);
        put("CAST(", places.length == 0 ? at : places[0]);
        for (int i = 0; i < inside.length(); i++) {
            append(inside.charAt(i), places[i]);
        }
        put(" AS " + cast.group(1).replaceAll("\\s+", " ") + ")", at);
        at = cast.end();
        before = ")";
    }

    private void word() {
        Matcher matcher = WORD.matcher(script).region(at, script.length());
        if (!matcher.lookingAt()) {
            throw syntaxError("an unknown character", at);
        }
        int end = matcher.end();
        String word = matcher.group().toLowerCase(Locale.ROOT);
        if (word.equals("end") && !open.isEmpty()) {
            operand = open.pop();
        } else {
            beginOperand();
        }
        if (word.equals("case")) {
            open.push(text.length());
        }
        boolean quoteFollows = end < script.length() && script.charAt(end) == '\'';
        if (word.equals("e") && quoteFollows) {
            escapeString(end);
            return;
        }
        if (word.equals("interval")) {
            Matcher next = NEXT.matcher(script).region(end, script.length());
            if (next.lookingAt() && next.group(1).equals("'")) {
                intervalLiteral(next.start(1));
                return;
            }
        }
        if (TYPE_NAMES.contains(word) && isName(end)) {
            put("\"" + word + "\"", at);
            at = end;
        } else {
            copyTo(end);
        }
        before = word;
    }

    /** Whether a word that could be a type is a name here, by what stands around it. */
    private boolean isName(int end) {
        Matcher next = NEXT.matcher(script).region(end, script.length());
        String after = next.lookingAt() ? next.group(1).toLowerCase(Locale.ROOT) : "";
        boolean type = (before.equals("as") && (after.equals(")") || after.equals("(")))
                || after.equals("'")
                || (before.equals("as") && Set.of("with", "without").contains(after));
        return !type && !after.equals("(");
    }

    private void intervalLiteral(int open) {
        int end = quoted(open, '\'');
        Matcher next = NEXT.matcher(script).region(end, script.length());
        if (next.lookingAt() && INTERVAL_UNITS.contains(next.group(1).toLowerCase(Locale.ROOT))) {
            copyTo(end);
        } else {
            put(
                    IntervalText.toStandard(
                            script.substring(open + 1, end - 1), () -> syntaxError("not an interval", open)),
                    at);
            at = end;
        }
        before = "'";
    }

    private void string(int open, int end) {
        Matcher cast = CAST_TO_INTERVAL.matcher(script).region(end, script.length());
        if (cast.lookingAt()) {
            put(
                    IntervalText.toStandard(
                            script.substring(open + 1, end - 1), () -> syntaxError("not an interval", open)),
                    open);
            at = cast.end();
        } else {
            copyTo(end);
        }
        before = "'";
    }

    private void escapeString(int open) {
        StringBuilder value = new StringBuilder("'");
        int i = open + 1;
        while (true) {
            if (i >= script.length()) {
                throw syntaxError("unterminated quoted string", open);
            }
            char c = script.charAt(i++);
            if (c == '\\' && i < script.length()) {
                char escaped = script.charAt(i++);
                value.append(
                        switch (escaped) {
                            case 'n' -> "\n";
                            case 't' -> "\t";
                            case 'r' -> "\r";
                            case '\'' -> "''";
                            case '\\' -> "\\";
                            default -> throw syntaxError("an escape that is not supported: \\" + escaped, i - 2);
                        });
            } else if (c == '\'') {
                if (i < script.length() && script.charAt(i) == '\'') {
                    value.append("''");
                    i++;
                } else {
                    break;
                }
            } else {
                value.append(c);
            }
        }
        put(value.append('\'').toString(), at);
        at = i;
        before = "'";
    }

    private void dollar() {
        Matcher parameter = PARAMETER.matcher(script).region(at, script.length());
        Matcher quote = DOLLAR_QUOTE.matcher(script).region(at, script.length());
        if (parameter.lookingAt()) {
            int number = Integer.parseInt(parameter.group(1));
            if (number == 0) {
                throw new StatementException(SqlState.UNDEFINED_PARAMETER, "there is no parameter $0");
            }
            parameters.add(number);
            put("?", at);
            at = parameter.end();
        } else if (quote.lookingAt()) {
            int end = script.indexOf(quote.group(), quote.end());
            if (end < 0) {
                throw syntaxError("unterminated dollar-quoted string", at);
            }
            put("'" + script.substring(quote.end(), end).replace("'", "''") + "'", at);
            at = end + quote.group().length();
        } else {
            throw syntaxError("an unknown character", at);
        }
        before = "'";
    }

    private int commentEnd() {
        int depth = 0;
        for (int i = at; i + 1 < script.length(); i++) {
            if (script.startsWith("/*", i)) {
                depth++;
                i++;
            } else if (script.startsWith("*/", i)) {
                depth--;
                i++;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        throw syntaxError("unterminated comment", at);
    }

    /** Just behind the quote that ends what begins here; a doubled quote does not. */
    private int quoted(int open, char quote) {
        for (int i = open + 1; i < script.length(); i++) {
            if (script.charAt(i) == quote) {
                if (i + 1 < script.length() && script.charAt(i + 1) == quote) {
                    i++;
                } else {
                    return i + 1;
                }
            }
        }
        throw syntaxError("unterminated quoted " + (quote == '"' ? "identifier" : "string"), open);
    }

    private void end() {
        String original = script.substring(start, at);
        statements.add(new ScriptStatement(
                text.toString(), original.strip(), List.copyOf(parameters), Arrays.copyOf(offsets, text.length())));
        text = new StringBuilder();
        parameters = new ArrayList<>();
        before = "";
        operand = 0;
        open.clear();
    }

    private void copyTo(int end) {
        while (at < end) {
            append(script.charAt(at), at);
            at++;
        }
    }

    private void put(String replacement, int offset) {
        for (int i = 0; i < replacement.length(); i++) {
            append(replacement.charAt(i), offset);
        }
    }

    private void append(char c, int offset) {
        if (text.length() == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * offsets.length);
        }
        offsets[text.length()] = offset;
        text.append(c);
    }

    private StatementException syntaxError(String message, int offset) {
        int line = 1
                + (int) script.substring(0, offset)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        int column = offset - script.lastIndexOf('\n', offset - 1);
        return new StatementException(
                SqlState.SYNTAX_ERROR, message, new StatementException.Position(line, column), null);
    }
}
