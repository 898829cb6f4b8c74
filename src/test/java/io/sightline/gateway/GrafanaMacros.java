package io.sightline.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Grafana's PostgreSQL data source makes of a query before it sends it: first the browser puts variables in, then the
 * server expands macros.
 *
 * @param from the begin of the dashboard's time range
 * @param to its end
 * @param interval what one point of a graph stands for
 * @param variables the values of the dashboard's variables, by name
 */
record GrafanaMacros(Instant from, Instant to, Duration interval, Map<String, Variable> variables) {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(?!__)(\\w+))");
    private static final Pattern MACRO = Pattern.compile("\\$(__\\w+)\\(([^)]*)\\)");
    private static final Pattern LEFT_OVER = Pattern.compile("\\$\\{?\\w+");

    /**
     * What is chosen of a variable.
     *
     * @param isList whether several may be chosen; such values are quoted, a single one is not
     */
    record Variable(List<String> values, boolean isList) {
        private String text() {
            return values.stream()
                    .map(value -> value.replace("'", "''"))
                    .map(value -> isList ? "'" + value + "'" : value)
                    .collect(Collectors.joining(","));
        }
    }

    /**
     * The text that is sent.
     *
     * @throws AssertionError if a variable or macro is left that nothing stands for
     */
    String expand(String sql) {
        String withInterval = sql.replace("$__interval_ms", String.valueOf(interval.toMillis()))
                .replace("$__interval", interval.toSeconds() + "s");
        String withVariables = VARIABLE.matcher(withInterval).replaceAll(this::variable);
        String expanded = MACRO.matcher(withVariables).replaceAll(this::macro);
        if (LEFT_OVER.matcher(expanded).find()) {
            throw new AssertionError("something is left to be expanded: " + expanded);
        }
        return expanded;
    }

    private String variable(MatchResult found) {
        String name = found.group(1) == null ? found.group(2) : found.group(1);
        Variable variable = variables.get(name);
        if (variable == null) {
            throw new AssertionError("the dashboard has no variable " + name + " before this one");
        }
        return Matcher.quoteReplacement(variable.text());
    }

    private String macro(MatchResult found) {
        String[] arguments = found.group(2).split("\\s*,\\s*", -1);
        String column = arguments[0].strip();
        return Matcher.quoteReplacement(
                switch (found.group(1)) {
                    case "__time" -> column + " AS \"time\"";
                    case "__timeEpoch" -> "extract(epoch from " + column + ") as \"time\"";
                    case "__timeFilter" -> column + " BETWEEN '" + from + "' AND '" + to + "'";
                    case "__timeFrom" -> "'" + from + "'";
                    case "__timeTo" -> "'" + to + "'";
                    case "__timeGroup" -> timeGroup(column, arguments[1]);
                    case "__timeGroupAlias" -> timeGroup(column, arguments[1]) + " AS \"time\"";
                    case "__unixEpochFilter" ->
                        column + " >= " + from.getEpochSecond() + " AND " + column + " <= " + to.getEpochSecond();
                    default -> throw new AssertionError("no such macro: " + found.group());
                });
    }

    private static String timeGroup(String column, String interval) {
        long seconds = Duration.parse("PT" + interval.replace("'", "")).toSeconds();
        return "floor(extract(epoch from " + column + ")/" + seconds + ")*" + seconds;
    }
}
