package io.sightline.gateway.pg;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.ScriptStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers to what clients ask PostgreSQL's catalog, by the shape of the question: those of psql, Grafana and pgjdbc that
 * are about relations and columns. Any other question to the catalog gets no rows, which is the truth for indexes, keys,
 * triggers, rules and the like: there are none.
 */
final class CatalogAnswers {
    /** Relations have numbers from here on, by name; the first that PostgreSQL gives to what users make. */
    private static final int FIRST_OID = 16_384;

    private static final Pattern CATALOG =
            Pattern.compile("\\b(pg_catalog\\s*\\.|information_schema\\s*\\.|pg_[a-z_]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern FUNCTIONS = Pattern.compile(
            "\\b(version|current_schema|current_database|current_catalog|current_user|session_user|current_schemas|pg_backend_pid)\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern FROM = Pattern.compile("\\bFROM\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME_PATTERN = Pattern.compile(
            "relname\\s+(?:OPERATOR\\(pg_catalog\\.~\\)|~|LIKE|=)\\s*'\\^?\\(?([^'$)]*)\\)?\\$?'",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ATTNAME_PATTERN =
            Pattern.compile("attname\\s+LIKE\\s*'([^']*)'", Pattern.CASE_INSENSITIVE);
    private static final Pattern NSP_PATTERN =
            Pattern.compile("nspname\\s+(?:LIKE|=)\\s*'([^']*)'", Pattern.CASE_INSENSITIVE);
    /** Named in the conditions that leave them out. */
    private static final Set<String> SYSTEM_SCHEMAS = Set.of("information_schema", "pg_catalog", "pg_toast");

    private static final Pattern OID =
            Pattern.compile("(?:attrelid|\\boid)\\s*=\\s*'(\\d+)'", Pattern.CASE_INSENSITIVE);
    private static final Pattern TEXT_OR_PARAMETER =
            Pattern.compile("'[^']*+(?:''[^']*+)*+'|\"[^\"]*\"|\\$(\\d{1,5})\\b");
    private static final Pattern QUOTED = Pattern.compile("'([^']*+(?:''[^']*+)*+)'");

    private final String user;
    private final String database;
    private final List<LogicalRelation> relations;

    CatalogAnswers(String user, String database, List<LogicalRelation> relations) {
        this.user = user;
        this.database = database;
        this.relations = relations;
    }

    /** Whether a statement asks the catalog, or for what only PostgreSQL knows. */
    static boolean isAsked(ScriptStatement statement) {
        String text = QUOTED.matcher(statement.text()).replaceAll("''");
        return text.stripLeading().toUpperCase(Locale.ROOT).matches("(?s)(SELECT|WITH|VALUES)\\b.*")
                && (CATALOG.matcher(text).find()
                        || (FUNCTIONS.matcher(text).find()
                                && !FROM.matcher(text).find()));
    }

    Answer answer(ScriptStatement asked, ParameterValues values) {
        ScriptStatement statement = filled(asked, values);
        String sql = statement.original().replaceAll("\\s+", " ");
        String lower = sql.toLowerCase(Locale.ROOT).replace("\"", "");
        if (!lower.contains(" from ")) {
            return scalars(statement);
        }
        if (lower.contains("from pg_catalog.pg_database") || lower.contains("from pg_database")) {
            return databases(lower);
        }
        if (lower.contains("from pg_catalog.pg_namespace")
                && !lower.contains("pg_class")
                && !lower.contains("pg_type")
                && !lower.contains("pg_proc")) {
            return schemas(sql, lower);
        }
        if (lower.contains("information_schema.tables")) {
            return informationTables(statement, lower);
        }
        if (lower.contains("information_schema.columns")) {
            return informationColumns(statement, sql, lower);
        }
        if (lower.contains("information_schema.schemata")) {
            return only(statement, List.of("public"));
        }
        if (lower.contains("pg_attribute")
                && lower.contains("nspname")
                && lower.contains("atttypmod")
                && lower.contains("relname")) {
            return jdbcColumns(sql);
        }
        if (lower.contains("as table_cat") && lower.contains("as table_type")) {
            return jdbcTables(sql, lower);
        }
        if (lower.contains("as schema,") && lower.contains("as owner")) {
            return psqlRelations(sql);
        }
        if (lower.startsWith("select c.oid, n.nspname, c.relname")) {
            return psqlFind(sql);
        }
        if (lower.startsWith("select c.relchecks, c.relkind")) {
            return psqlProperties(sql);
        }
        if (lower.startsWith("select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)")) {
            return psqlColumns(sql);
        }
        return none(statement);
    }

    /** With values in place of parameters. */
    private static ScriptStatement filled(ScriptStatement statement, ParameterValues values) {
        String original = TEXT_OR_PARAMETER
                .matcher(statement.original())
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1) == null ? found.group() : literal(found.group(1), values)));
        return new ScriptStatement(statement.text(), original, statement.parameters(), statement.offsets());
    }

    private static String literal(String number, ParameterValues values) {
        int index = Integer.parseInt(number) - 1;
        Object value =
                index >= 0 && index < values.values().size() ? values.values().get(index) : null;
        return value == null ? "NULL" : "'" + value.toString().replace("'", "''") + "'";
    }

    /** A SELECT of functions and values alone. */
    private Answer scalars(ScriptStatement statement) {
        List<String> items = items(statement.original());
        List<ResultColumn> columns = new ArrayList<>();
        List<@Nullable Object> row = new ArrayList<>();
        for (String item : items) {
            Matcher named = Pattern.compile("(?is)(.*?)\\s+AS\\s+\"?(\\w+)\"?").matcher(item);
            String expression = (named.matches() ? named.group(1) : item)
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replace("pg_catalog.", "");
            String name = named.matches() ? named.group(2) : expression.replaceAll("\\(.*", "");
            if (expression.startsWith("current_setting('server_version_num')")) {
                boolean hundredth = expression.contains("/100");
                columns.add(Answer.column(named.matches() ? name : "?column?", PgType.INT4));
                row.add(hundredth ? 1500 : 150_008);
                continue;
            }
            columns.add(Answer.column(name, expression.equals("pg_backend_pid()") ? PgType.INT4 : PgType.TEXT));
            row.add(
                    switch (expression) {
                        case "version()" -> "PostgreSQL " + SessionStatements.VERSION + " (Sightline gateway)";
                        case "current_database()", "current_catalog" -> database;
                        case "current_user", "session_user", "current_user()", "user" -> user;
                        case "current_schema", "current_schema()" -> "public";
                        case "current_schemas(true)", "current_schemas(false)" -> "{public}";
                        case "pg_backend_pid()" -> 0;
                        case "pg_is_in_recovery()" -> "f";
                        default -> expression.matches("-?\\d+|'[^']*'") ? expression.replace("'", "") : null;
                    });
        }
        return Answer.rows("SELECT 1", columns, List.of(row));
    }

    private Answer databases(String lower) {
        if (lower.contains("as owner")) {
            return selected(
                    Answer.columns(
                            "Name",
                            "Owner",
                            "Encoding",
                            "Collate",
                            "Ctype",
                            "ICU Locale",
                            "Locale Provider",
                            "Access privileges"),
                    List.of(Arrays.asList(database, "sightline", "UTF8", "C.UTF-8", "C.UTF-8", null, "libc", null)));
        }
        return selected(
                Answer.columns(lower.contains("as table_cat") ? "TABLE_CAT" : "datname"), List.of(List.of(database)));
    }

    private Answer schemas(String sql, String lower) {
        if (lower.contains("as owner")) {
            return selected(Answer.columns("Name", "Owner"), List.of(List.of("public", "sightline")));
        }
        List<List<? extends @Nullable Object>> rows =
                matches(NSP_PATTERN, sql, "public") ? List.of(Arrays.asList("public", null)) : List.of();
        if (lower.contains("as table_schem")) {
            return selected(Answer.columns("TABLE_SCHEM", "TABLE_CATALOG"), rows);
        }
        return selected(
                Answer.columns("nspname"),
                rows.stream()
                        .<List<? extends @Nullable Object>>map(row -> row.subList(0, 1))
                        .toList());
    }

    private Answer psqlRelations(String sql) {
        List<List<? extends @Nullable Object>> rows = new ArrayList<>();
        String kinds = sql.replaceAll(".*c\\.relkind IN \\(([^)]*)\\).*", "$1");
        if (kinds.equals(sql) || kinds.contains("'r'")) {
            named(sql).forEach(relation -> rows.add(List.of("public", relation.name(), "table", "sightline")));
        }
        return selected(Answer.columns("Schema", "Name", "Type", "Owner"), rows);
    }

    private Answer psqlFind(String sql) {
        List<List<? extends @Nullable Object>> rows = new ArrayList<>();
        named(sql).forEach(relation -> rows.add(List.of(oid(relation), "public", relation.name())));
        return selected(Answer.columns("oid:INT4", "nspname", "relname"), rows);
    }

    private Answer psqlProperties(String sql) {
        LogicalRelation relation = byOid(sql);
        return selected(
                Answer.columns(
                        "relchecks:INT4",
                        "relkind",
                        "relhasindex:BOOL",
                        "relhasrules:BOOL",
                        "relhastriggers:BOOL",
                        "relrowsecurity:BOOL",
                        "relforcerowsecurity:BOOL",
                        "relhasoids:BOOL",
                        "relispartition:BOOL",
                        "?column?",
                        "reltablespace:INT4",
                        "case",
                        "relpersistence",
                        "relreplident",
                        "amname"),
                relation == null
                        ? List.of()
                        : List.of(Arrays.asList(
                                0, "r", false, false, false, false, false, false, false, "", 0, "", "p", "n", null)));
    }

    private Answer psqlColumns(String sql) {
        LogicalRelation relation = byOid(sql);
        boolean verbose = sql.contains("attstorage");
        List<List<? extends @Nullable Object>> rows = new ArrayList<>();
        List<ResultColumn> columns = relation == null ? List.of() : relation.columns();
        for (ResultColumn column : columns) {
            List<@Nullable Object> row =
                    new ArrayList<>(Arrays.asList(column.name(), type(column).sqlName(), null, false, null, "", ""));
            if (verbose) {
                row.addAll(Arrays.asList("p", "", null, null));
            }
            rows.add(row);
        }
        List<ResultColumn> described = new ArrayList<>(Answer.columns(
                "attname",
                "format_type",
                "pg_get_expr",
                "attnotnull:BOOL",
                "attcollation",
                "attidentity",
                "attgenerated"));
        if (verbose) {
            described.addAll(Answer.columns("attstorage", "attcompression", "attstattarget", "col_description"));
        }
        return selected(described, rows);
    }

    private Answer jdbcTables(String sql, String lower) {
        List<List<? extends @Nullable Object>> rows = new ArrayList<>();
        if (matches(NSP_PATTERN, sql, "public")
                && (!lower.contains("c.relkind = 'v'") || lower.contains("c.relkind = 'r'"))) {
            named(sql)
                    .forEach(relation -> rows.add(
                            Arrays.asList(database, "public", relation.name(), "TABLE", null, "", "", "", "", "")));
        }
        return selected(
                Answer.columns(
                        "TABLE_CAT",
                        "TABLE_SCHEM",
                        "TABLE_NAME",
                        "TABLE_TYPE",
                        "REMARKS",
                        "TYPE_CAT",
                        "TYPE_SCHEM",
                        "TYPE_NAME",
                        "SELF_REFERENCING_COL_NAME",
                        "REF_GENERATION"),
                rows);
    }

    private Answer jdbcColumns(String sql) {
        List<List<? extends @Nullable Object>> rows = new ArrayList<>();
        if (matches(NSP_PATTERN, sql, "public")) {
            for (LogicalRelation relation : named(sql)) {
                int number = 0;
                for (ResultColumn column : relation.columns()) {
                    number++;
                    if (matches(ATTNAME_PATTERN, sql, column.name())) {
                        PgType type = type(column);
                        rows.add(Arrays.asList(
                                database,
                                "public",
                                relation.name(),
                                column.name(),
                                type.oid(),
                                false,
                                -1,
                                type.size(),
                                (short) number,
                                null,
                                null,
                                null,
                                0,
                                "b",
                                "",
                                ""));
                    }
                }
            }
        }
        return selected(
                Answer.columns(
                        "current_database",
                        "nspname",
                        "relname",
                        "attname",
                        "atttypid:INT4",
                        "attnotnull:BOOL",
                        "atttypmod:INT4",
                        "attlen:INT4",
                        "attnum:INT2",
                        "adsrc",
                        "description",
                        "typbasetype",
                        "typtypmod:INT4",
                        "typtype",
                        "attidentity",
                        "attgenerated"),
                rows);
    }

    private Answer informationTables(ScriptStatement statement, String lower) {
        List<String> names = relations.stream().map(LogicalRelation::name).toList();
        if (lower.contains("table_schema,") || lower.contains("table_type")) {
            List<List<? extends @Nullable Object>> rows = new ArrayList<>();
            List<String> columns = items(statement.original());
            for (String name : names) {
                rows.add(columns.stream()
                        .map(column -> switch (bare(column)) {
                            case "table_catalog" -> database;
                            case "table_schema" -> "public";
                            case "table_type" -> "BASE TABLE";
                            default -> name;
                        })
                        .toList());
            }
            return selected(asAsked(columns), rows);
        }
        return only(statement, names);
    }

    private Answer informationColumns(ScriptStatement statement, String sql, String lower) {
        List<String> columns = items(statement.original());
        List<String> literals = QUOTED.matcher(sql)
                .results()
                .map(quoted -> quoted.group(1).replace("\"", "").replaceFirst("^public\\.", ""))
                .toList();
        List<List<? extends @Nullable Object>> rows = new ArrayList<>();
        for (LogicalRelation relation : relations) {
            if (lower.contains(" where ") && lower.contains("table_name") && !literals.contains(relation.name())) {
                continue;
            }
            int number = 0;
            for (ResultColumn column : relation.columns()) {
                int ordinal = ++number;
                rows.add(columns.stream()
                        .map(item -> informationValue(bare(item), relation, column, ordinal))
                        .toList());
            }
        }
        return selected(
                columns.stream()
                        .map(CatalogAnswers::bare)
                        .map(name -> Answer.column(name, name.equals("ordinal_position") ? PgType.INT4 : PgType.TEXT))
                        .toList(),
                rows);
    }

    private Object informationValue(String name, LogicalRelation relation, ResultColumn column, int ordinal) {
        return switch (name) {
            case "table_catalog" -> database;
            case "table_schema" -> "public";
            case "table_name" -> relation.name();
            case "data_type", "type" -> type(column).sqlName();
            case "ordinal_position" -> ordinal;
            case "is_nullable" -> "YES";
            default -> column.name();
        };
    }

    /** One column, under the name that the statement gives it. */
    private static Answer only(ScriptStatement statement, List<String> values) {
        List<List<? extends @Nullable Object>> rows = new ArrayList<>();
        values.forEach(value -> rows.add(List.of(value)));
        return selected(asAsked(items(statement.original()).subList(0, 1)), rows);
    }

    private static Answer none(ScriptStatement statement) {
        return selected(asAsked(items(statement.original())), List.of());
    }

    /** Columns of text under the names that the statement gives them. */
    private static List<ResultColumn> asAsked(List<String> items) {
        return items.stream()
                .map(item -> Answer.column(bare(item), PgType.TEXT))
                .toList();
    }

    private static Answer selected(List<ResultColumn> columns, List<List<? extends @Nullable Object>> rows) {
        return Answer.rows("SELECT " + rows.size(), columns, rows);
    }

    private List<LogicalRelation> named(String sql) {
        Predicate<LogicalRelation> fits = relation -> matches(NAME_PATTERN, sql, relation.name());
        return relations.stream().filter(fits).toList();
    }

    private @Nullable LogicalRelation byOid(String sql) {
        Matcher oid = OID.matcher(sql);
        int index = oid.find() ? Integer.parseInt(oid.group(1)) - FIRST_OID : -1;
        return index >= 0 && index < relations.size() ? relations.get(index) : null;
    }

    private int oid(LogicalRelation relation) {
        return FIRST_OID + relations.indexOf(relation);
    }

    private static PgType type(ResultColumn column) {
        return PgType.of(column.type());
    }

    /** Whether a name fits what a statement asks for, by LIKE or by the regular expressions that psql makes. */
    private static boolean matches(Pattern where, String sql, String name) {
        List<String> asked = where.matcher(sql)
                .results()
                .map(found -> found.group(1))
                .filter(text -> !text.isEmpty() && !SYSTEM_SCHEMAS.contains(text))
                .toList();
        if (asked.isEmpty()) {
            return true;
        }
        boolean regex = sql.contains("OPERATOR(pg_catalog.~)");
        String text = asked.get(asked.size() - 1);
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                pattern.append(Pattern.quote(String.valueOf(text.charAt(i))));
            } else if (regex && text.startsWith(".*", i)) {
                i++;
                pattern.append(".*");
            } else if (c == (regex ? '.' : '_')) {
                pattern.append('.');
            } else if (!regex && c == '%') {
                pattern.append(".*");
            } else {
                pattern.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return name.matches(pattern.toString());
    }

    /** The select list, split at its commas. */
    static List<String> items(String sql) {
        String list = sql.strip().replaceFirst("(?is)^SELECT\\s+(DISTINCT\\s+)?", "");
        List<String> items = new ArrayList<>();
        int depth = 0;
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '\'') {
                quoted = !quoted;
            } else if (!quoted && c == '(') {
                depth++;
            } else if (!quoted && c == ')') {
                depth--;
            } else if (!quoted && depth == 0 && c == ',') {
                items.add(list.substring(start, i).strip());
                start = i + 1;
            } else if (!quoted && depth == 0 && list.regionMatches(true, i, "FROM", 0, 4) && isWord(list, i, 4)) {
                items.add(list.substring(start, i).strip());
                return items;
            }
        }
        items.add(list.substring(start).replaceFirst(";\\s*$", "").strip());
        return items;
    }

    private static boolean isWord(String text, int at, int length) {
        return !isPartOfWord(text, at - 1) && !isPartOfWord(text, at + length);
    }

    private static boolean isPartOfWord(String text, int at) {
        return at >= 0 && at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
    }

    /** The name of an item: behind AS, of a column or of a function. */
    private static String bare(String item) {
        Matcher named = Pattern.compile("(?is).*\\bAS\\s+\"?(\\w+)\"?").matcher(item);
        if (named.matches()) {
            return named.group(1);
        }
        Matcher function = Pattern.compile("(?is)(?:\\w+\\.)?(\\w+)\\s*\\(.*").matcher(item);
        String name = function.matches() ? function.group(1) : item.replaceAll("(?s).*\\.", "");
        return name.replace("\"", "").toLowerCase(Locale.ROOT);
    }
}
