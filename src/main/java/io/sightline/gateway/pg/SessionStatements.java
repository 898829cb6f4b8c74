package io.sightline.gateway.pg;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The statements about the session itself: settings, which are kept and have no effect, and transactions, which there are
 * none of for readers but whose state clients follow.
 */
final class SessionStatements {
    /** PostgreSQL's own version that the answers follow. */
    static final String VERSION = "15.8";

    private static final Pattern SET = Pattern.compile(
            "SET\\s+(?:SESSION\\s+|LOCAL\\s+)?(?:(\"?TIME\"?\\s+ZONE)\\s+(.*)|([\\w.]+)\\s*(?:=|\\s+TO\\s)\\s*(.*))",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SET_OTHER = Pattern.compile(
            "(SET\\s+(SESSION\\s+CHARACTERISTICS|TRANSACTION|ROLE|SESSION\\s+AUTHORIZATION)\\b.*|RESET\\s+.*)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SHOW = Pattern.compile("SHOW\\s+(.+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern CURRENT_SETTING = Pattern.compile(
            "SELECT\\s+(?:pg_catalog\\.)?current_setting\\s*\\(\\s*'(\\w+)'(?:\\s*,\\s*\\w+)?\\s*\\)\\s*(?:AS\\s+(\\w+))?",
            Pattern.CASE_INSENSITIVE);

    private final Map<String, String> settings = new LinkedHashMap<>();

    /** The state of a transaction, as ReadyForQuery says it. */
    enum Transaction {
        IDLE('I'),
        OPEN('T'),
        FAILED('E');

        private final char code;

        Transaction(char code) {
            this.code = code;
        }

        char code() {
            return code;
        }
    }

    private Transaction transaction = Transaction.IDLE;

    SessionStatements(String user, String database) {
        settings.put("server_version", VERSION);
        settings.put("server_version_num", "150008");
        settings.put("server_encoding", "UTF8");
        settings.put("client_encoding", "UTF8");
        settings.put("datestyle", "ISO, MDY");
        settings.put("timezone", "UTC");
        settings.put("intervalstyle", "postgres");
        settings.put("integer_datetimes", "on");
        settings.put("standard_conforming_strings", "on");
        settings.put("search_path", "\"$user\", public");
        settings.put("transaction_isolation", "read committed");
        settings.put("transaction_read_only", "on");
        settings.put("default_transaction_read_only", "on");
        settings.put("is_superuser", "off");
        settings.put("session_authorization", user);
        settings.put("application_name", "");
        settings.put("extra_float_digits", "1");
        settings.put("max_identifier_length", "63");
        settings.put("max_index_keys", "32");
        settings.put("lc_collate", "C.UTF-8");
        settings.put("statement_timeout", "0");
        settings.put("database", database);
    }

    Transaction transaction() {
        return transaction;
    }

    void failed() {
        if (transaction == Transaction.OPEN) {
            transaction = Transaction.FAILED;
        }
    }

    void set(String name, String value) {
        settings.put(name.toLowerCase(Locale.ROOT), value);
    }

    /** The answer to a statement about the session; null if it is about something else. */
    @Nullable
    Answer answer(String statement) {
        String text = statement.strip();
        String word = text.split("[\\s;(]", 2)[0].toUpperCase(Locale.ROOT);
        if (transaction == Transaction.FAILED
                && !List.of("ROLLBACK", "COMMIT", "END", "ABORT").contains(word)) {
            throw new StatementException(
                    "25P02", "current transaction is aborted, commands ignored until end of transaction block");
        }
        return switch (word) {
            case "BEGIN", "START" -> {
                transaction = Transaction.OPEN;
                yield new Answer.Done("BEGIN");
            }
            case "COMMIT", "END" -> {
                boolean failed = transaction == Transaction.FAILED;
                transaction = Transaction.IDLE;
                yield new Answer.Done(failed ? "ROLLBACK" : "COMMIT");
            }
            case "ROLLBACK", "ABORT" -> {
                transaction = Transaction.IDLE;
                yield new Answer.Done("ROLLBACK");
            }
            case "SAVEPOINT", "RELEASE" -> new Answer.Done(word);
            case "DISCARD" -> new Answer.Done("DISCARD ALL");
            case "DEALLOCATE" -> new Answer.Done("DEALLOCATE");
            case "CLOSE" -> new Answer.Done("CLOSE CURSOR");
            case "LISTEN", "UNLISTEN" -> new Answer.Done(word);
            case "SET", "RESET" -> setting(text);
            case "SHOW" -> shown(text);
            case "SELECT" -> currentSetting(text);
            default -> null;
        };
    }

    private Answer setting(String text) {
        if (SET_OTHER.matcher(text).matches()) {
            return new Answer.Done(text.toUpperCase(Locale.ROOT).startsWith("RESET") ? "RESET" : "SET");
        }
        Matcher set = SET.matcher(text);
        if (!set.matches()) {
            throw new StatementException(SqlState.SYNTAX_ERROR, "not a form of SET", null, "SET name = value");
        }
        String name = set.group(1) != null ? "timezone" : set.group(3).toLowerCase(Locale.ROOT);
        String value = unquoted(set.group(1) != null ? set.group(2) : set.group(4));
        boolean utc =
                List.of("utc", "etc/utc", "gmt", "default", "local", "z").contains(value.toLowerCase(Locale.ROOT));
        if (name.equals("timezone") && !utc) {
            // Times are written with their offset, so that no client takes them for others.
            return new Answer.Done("SET");
        }
        if (name.equals("client_encoding")
                && !value.replace("-", "").toUpperCase(Locale.ROOT).matches("UTF8|UNICODE|DEFAULT|SQL_ASCII")) {
            throw new StatementException("22023", "the encoding is UTF8");
        }
        if (!settings.containsKey(name) || !name.startsWith("server_")) {
            settings.put(name, name.equals("timezone") ? "UTC" : value);
        }
        return new Answer.Done("SET");
    }

    private Answer shown(String text) {
        Matcher show = SHOW.matcher(text);
        String name =
                show.matches() ? show.group(1).strip().toLowerCase(Locale.ROOT).replace("\"", "") : "";
        name = name.equals("time zone")
                ? "timezone"
                : name.equals("transaction isolation level") ? "transaction_isolation" : name;
        return Answer.rows("SHOW", List.of(Answer.column(name, PgType.TEXT)), List.of(List.of(value(name))));
    }

    private @Nullable Answer currentSetting(String text) {
        Matcher matcher = CURRENT_SETTING.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String column = matcher.group(2) == null ? "current_setting" : matcher.group(2);
        return Answer.rows(
                "SELECT 1",
                Answer.columns(column),
                List.of(List.of(value(matcher.group(1).toLowerCase(Locale.ROOT)))));
    }

    String value(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new StatementException(
                    SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"");
        }
        return value;
    }

    private static String unquoted(String value) {
        String stripped = value.strip();
        return stripped.length() >= 2 && stripped.startsWith("'") && stripped.endsWith("'")
                ? stripped.substring(1, stripped.length() - 1).replace("''", "'")
                : stripped;
    }
}
