package io.sightline.gateway.grid;

import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.impl.SqlErrorCode;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the grid says, as PostgreSQL would. Positions are left out: the grid counts in the text that the guard wrote, and
 * not in the one the person did. So are classes, and the names of mappings.
 */
final class EngineErrors {
    private static final Logger LOG = LoggerFactory.getLogger(EngineErrors.class);

    private record Rule(Pattern pattern, String sqlState, String message) {
        Rule(String pattern, String sqlState, String message) {
            this(Pattern.compile(pattern), sqlState, message);
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule("Column '(.*?)' not found", SqlState.UNDEFINED_COLUMN, "column \"$1\" does not exist"),
            new Rule("Column '(.*?)' is ambiguous", "42702", "column reference \"$1\" is ambiguous"),
            new Rule("Expression '(.*?)' is not being grouped", "42803", "$1 must appear in GROUP BY or be aggregated"),
            new Rule("Table '(.*?)' not found", SqlState.UNDEFINED_TABLE, "missing FROM-clause entry for table \"$1\""),
            new Rule("Object '.*?' not found", SqlState.UNDEFINED_TABLE, "a relation was dropped while it was read"),
            new Rule("Function '(.*?)' does not exist", SqlState.UNDEFINED_FUNCTION, "function $1 does not exist"),
            new Rule(
                    "No match found for function signature (.*)",
                    SqlState.UNDEFINED_FUNCTION,
                    "function $1 does not exist"),
            new Rule("(Cannot apply .*)", SqlState.TYPE_MISMATCH, "$1"),
            new Rule("(Values? (?:in|of) .* must .*)", SqlState.TYPE_MISMATCH, "$1"),
            new Rule("Division by zero", SqlState.DIVISION_BY_ZERO, "division by zero"),
            new Rule("(CAST function cannot convert .*|Cannot parse .*)", SqlState.INVALID_TEXT_REPRESENTATION, "$1"),
            new Rule("((?:\\w+ )+)not supported", SqlState.FEATURE_NOT_SUPPORTED, "$1is not supported"));

    private static final Set<Integer> AWAY = Set.of(
            SqlErrorCode.CONNECTION_PROBLEM,
            SqlErrorCode.TOPOLOGY_CHANGE,
            SqlErrorCode.PARTITION_DISTRIBUTION,
            SqlErrorCode.RESTARTABLE_ERROR);
    private static final Pattern TIMEOUT = Pattern.compile("(?i)time[- ]?out|timed out");

    /** What a member says that is leaving, of a statement that it was to run. */
    private static final Pattern LEAVING = Pattern.compile("Selected members do not contain the required member");

    private static final Pattern CANCELLED = Pattern.compile("(?i)cancel");
    private static final Pattern BEFORE_CAUSE = Pattern.compile("^.*[\\w.]+(?:Exception|Error): ");
    private static final Pattern PLACE =
            Pattern.compile("^(?:From|At) line \\d+, column \\d+(?: to line \\d+, column \\d+)?: ");

    private EngineErrors() {}

    /** What a person is told while the grid is away, or loses a member. */
    static StatementException away(Throwable cause) {
        LOG.atInfo().addKeyValue("why", cause.toString()).log("the grid cannot be reached");
        return new StatementException(
                SqlState.CANNOT_CONNECT_NOW, "the grid cannot be reached", null, "try again in a moment");
    }

    /** What a person is told whose question about the history got no answer. */
    static StatementException ofHistory(Throwable failure) {
        if (failure instanceof IllegalArgumentException) {
            return new StatementException(
                    SqlState.UNDEFINED_OBJECT, "the history does not have that: " + failure.getMessage());
        }
        if (failure instanceof TimeoutException) {
            return new StatementException(
                    SqlState.QUERY_CANCELED,
                    "canceling statement due to statement timeout",
                    null,
                    "try again, or choose a shorter time, so that fewer files have to be read");
        }
        if (failure instanceof RejectedExecutionException) {
            return new StatementException(
                    SqlState.TOO_MANY_CONNECTIONS, "too many read the history now", null, "try again in a moment");
        }
        if (failure instanceof IOException) {
            LOG.atWarn().addKeyValue("why", failure.getMessage()).log("the history cannot be read");
            return new StatementException(
                    SqlState.IO_ERROR,
                    "the storage of the history does not answer",
                    null,
                    "whoever runs the gateway finds the reason in its log");
        }
        return away(failure);
    }

    /** True of a failure that is the grid's, which loses a member or is away, and not the statement's. */
    static boolean isAway(HazelcastSqlException failure) {
        return AWAY.contains(failure.getCode())
                || LEAVING.matcher(firstLine(failure)).find();
    }

    private static String firstLine(HazelcastSqlException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    static StatementException of(HazelcastSqlException failure) {
        if (isAway(failure)) {
            return away(failure);
        }
        String line = firstLine(failure);
        if (failure.getCode() == SqlErrorCode.TIMEOUT || TIMEOUT.matcher(line).find()) {
            return new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to statement timeout");
        }
        if (failure.getCode() == SqlErrorCode.CANCELLED_BY_USER
                || CANCELLED.matcher(line).find()) {
            return new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
        }
        String message =
                PLACE.matcher(BEFORE_CAUSE.matcher(line).replaceFirst("")).replaceFirst("");
        for (Rule rule : RULES) {
            Matcher matcher = rule.pattern().matcher(message);
            if (matcher.find()) {
                return new StatementException(
                        rule.sqlState(),
                        matcher.group().replaceFirst(rule.pattern().pattern(), rule.message()));
            }
        }
        return new StatementException(SqlState.INTERNAL_ERROR, "the grid cannot run the statement: " + message);
    }
}
