package io.sightline.gateway.sql;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL has and the engine has not, said in what the engine has: {@code ::type}, {@code now()} and its kin,
 * {@code date_trunc}, {@code date_part}, {@code to_timestamp}, {@code concat}, {@code ILIKE}, {@code WITH}, {@code FILTER}
 * and {@code IN (SELECT ...)}. The rest passes as it is, for the guard and the engine to judge. Times of day are UTC.
 *
 * <p>One object bridges one statement.
 */
public final class DialectBridge extends SqlShuttle {
    /** So many uses of queries of WITH; more, and a short statement becomes an endless one. */
    private static final int MOST_INLINED = 64;

    private static final Set<String> NOW =
            Set.of("now", "current_timestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp");

    /** Types by the names that PostgreSQL has for them beside the standard ones. */
    private static final Map<String, SqlTypeName> TYPES = Map.ofEntries(
            Map.entry("text", SqlTypeName.VARCHAR),
            Map.entry("name", SqlTypeName.VARCHAR),
            Map.entry("bpchar", SqlTypeName.VARCHAR),
            Map.entry("bool", SqlTypeName.BOOLEAN),
            Map.entry("int2", SqlTypeName.SMALLINT),
            Map.entry("int4", SqlTypeName.INTEGER),
            Map.entry("int8", SqlTypeName.BIGINT),
            Map.entry("float4", SqlTypeName.REAL),
            Map.entry("float8", SqlTypeName.DOUBLE),
            Map.entry("timestamptz", SqlTypeName.TIMESTAMP_TZ),
            Map.entry("json", SqlTypeName.VARCHAR),
            Map.entry("jsonb", SqlTypeName.VARCHAR));

    private static final Pattern TIME = Pattern.compile(
            "\\s*(\\d{4}-\\d{2}-\\d{2})(?:[ T]+(\\d{2}:\\d{2})(:\\d{2}(?:\\.\\d{1,9})?)?)?\\s*(?:(Z|[+-]\\d{2})(?::?(\\d{2}))?)?\\s*");

    private final Instant now;
    private Map<String, Named> with = Map.of();
    private int inlined;
    private int names;

    /**
     * A query of WITH.
     *
     * @param weight how many queries of WITH there are in it, itself among them
     */
    private record Named(SqlWithItem item, int weight) {}

    /**
     * A bridge for one statement.
     *
     * @param now what it says when it asks for the time
     */
    public DialectBridge(Instant now) {
        this.now = now;
    }

    /**
     * The statement in the engine's dialect.
     *
     * @throws StatementException {@code 0A000} with the construct that cannot be bridged
     */
    public SqlNode bridge(SqlNode statement) {
        try {
            return changed(statement);
        } catch (StackOverflowError e) {
            throw SqlText.tooDeep();
        }
    }

    private SqlNode changed(SqlNode node) {
        SqlNode changed = node.accept(this);
        if (changed == null) {
            throw new IllegalStateException("a node stays a node");
        }
        return changed;
    }

    @Override
    public SqlNode visit(SqlIdentifier id) {
        boolean keyword = id.names.size() == 1 && SqlText.isKeyword(id);
        String name = keyword ? id.getSimple().toLowerCase(Locale.ROOT) : "";
        SqlParserPos at = id.getParserPosition();
        if (NOW.contains(name)) {
            return now(at);
        }
        return switch (name) {
            case "localtimestamp" ->
                Expressions.cast(
                        Expressions.text(
                                now.atOffset(ZoneOffset.UTC).toLocalDateTime().toString(), at),
                        SqlTypeName.TIMESTAMP,
                        at);
            case "current_date" ->
                Expressions.cast(
                        Expressions.text(
                                now.atOffset(ZoneOffset.UTC).toLocalDate().toString(), at),
                        SqlTypeName.DATE,
                        at);
            default -> id;
        };
    }

    @Override
    public SqlNode visit(SqlCall call) {
        if (call instanceof SqlWith query) {
            return inlined(query);
        }
        SqlNode visited = super.visit(call);
        if (!(visited instanceof SqlCall changed)) {
            throw new IllegalStateException("a call stays a call");
        }
        if (changed instanceof SqlSelect select) {
            SqlNode from = select.getFrom();
            if (from != null) {
                select.setFrom(inlinedSources(from));
            }
            return select;
        }
        return switch (changed.getKind()) {
            case CAST -> cast(changed);
            case LIKE -> like(changed);
            case FILTER -> filter(changed);
            case IN, NOT_IN -> in(changed);
            case NULLS_FIRST, NULLS_LAST -> nulls(changed);
            default -> changed.getOperator() instanceof SqlFunction function ? function(changed, function) : changed;
        };
    }

    private SqlNode now(SqlParserPos at) {
        return Expressions.cast(Expressions.text(now.toString(), at), SqlTypeName.TIMESTAMP_TZ, at);
    }

    private static SqlNode cast(SqlCall cast) {
        SqlParserPos at = cast.getParserPosition();
        if (!(cast.operand(1) instanceof SqlDataTypeSpec type)) {
            throw unsupported("this form of CAST", cast);
        }
        if (type.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic) {
            // The engine takes no precision, and PostgreSQL does not enforce that of casts to text but by cutting.
            SqlTypeName name = SqlTypeName.get(basic.getTypeName().getSimple());
            if (name == SqlTypeName.TIMESTAMP_TZ) {
                return Expressions.cast(zoned(cast.operand(0)), name, at);
            }
            return name == null
                    ? Expressions.cast(cast.operand(0), type, at)
                    : Expressions.cast(cast.operand(0), name == SqlTypeName.CHAR ? SqlTypeName.VARCHAR : name, at);
        }
        String name = type.getTypeName()
                .names
                .get(type.getTypeName().names.size() - 1)
                .toLowerCase(Locale.ROOT);
        SqlTypeName known = TYPES.get(name);
        if (known == null || type.getCollectionsTypeName() != null) {
            throw unsupported("the type " + name, cast.operand(1));
        }
        SqlNode value = known == SqlTypeName.TIMESTAMP_TZ ? zoned(cast.operand(0)) : cast.operand(0);
        return Expressions.cast(value, known, at);
    }

    /** A time as PostgreSQL lets people write it, {@code 2026-03-14 09:05+00}, as ISO 8601 has it. */
    private static SqlNode zoned(SqlNode value) {
        if (!(value instanceof SqlLiteral literal) || literal.getTypeName() != SqlTypeName.CHAR) {
            return value;
        }
        Matcher time = TIME.matcher(String.valueOf(literal.getValueAs(String.class)));
        if (!time.matches()) {
            return value;
        }
        String clock = time.group(2) == null
                ? "00:00:00"
                : time.group(3) == null ? time.group(2) + ":00" : time.group(2) + time.group(3);
        String zone = time.group(4) == null || time.group(4).equals("Z")
                ? "Z"
                : time.group(4) + ":" + (time.group(5) == null ? "00" : time.group(5));
        return Expressions.text(time.group(1) + "T" + clock + zone, value.getParserPosition());
    }

    private static SqlNode like(SqlCall like) {
        SqlParserPos at = like.getParserPosition();
        String name = like.getOperator().getName();
        if (!name.endsWith("ILIKE")) {
            return like;
        }
        List<SqlNode> operands = new ArrayList<>(like.getOperandList());
        operands.set(0, Expressions.function("upper", at, operands.get(0)));
        operands.set(1, Expressions.function("upper", at, operands.get(1)));
        return (name.startsWith("NOT") ? SqlStdOperatorTable.NOT_LIKE : SqlStdOperatorTable.LIKE)
                .createCall(at, operands);
    }

    private static SqlNode filter(SqlCall filter) {
        SqlParserPos at = filter.getParserPosition();
        SqlCall aggregate = filter.operand(0);
        if (aggregate.operandCount() != 1) {
            throw unsupported("FILTER over this aggregate", filter);
        }
        SqlNode argument = aggregate.operand(0);
        SqlNode value = argument instanceof SqlIdentifier id && id.isStar() ? Expressions.number(1, at) : argument;
        SqlNode only = new SqlCase(
                at, null, SqlNodeList.of(filter.operand(1)), SqlNodeList.of(value), SqlLiteral.createNull(at));
        return aggregate.getOperator().createCall(aggregate.getFunctionQuantifier(), at, only);
    }

    /**
     * {@code x IN (query)} is whether the query has a row that is x. NOT IN cannot be said: where nulls are, the engine's
     * NOT EXISTS joins them away, and more rows would pass than in PostgreSQL.
     */
    private SqlNode in(SqlCall in) {
        SqlNode query = in.operand(1);
        if (query instanceof SqlNodeList) {
            return in;
        }
        if (in.getKind() == SqlKind.NOT_IN) {
            throw unsupported("NOT IN over a query", in);
        }
        SqlParserPos at = in.getParserPosition();
        SqlIdentifier source = new SqlIdentifier("in_" + ++names, at);
        SqlIdentifier column = new SqlIdentifier("value_" + names, at);
        SqlIdentifier value = new SqlIdentifier(List.of(source.getSimple(), column.getSimple()), at);
        SqlSelect rows = new SqlSelect(
                at,
                null,
                SqlNodeList.of(Expressions.number(1, at)),
                SqlStdOperatorTable.AS.createCall(at, query, source, column),
                SqlStdOperatorTable.EQUALS.createCall(at, value, in.operand(0)),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return SqlStdOperatorTable.EXISTS.createCall(at, rows);
    }

    /** The engine sorts null before all others; that needs no saying, and the other way cannot be said. */
    private static SqlNode nulls(SqlCall ordering) {
        boolean first = ordering.getKind() == SqlKind.NULLS_FIRST;
        boolean descending = ordering.operand(0).getKind() == SqlKind.DESCENDING;
        if (first == descending) {
            throw unsupported(first ? "DESC NULLS FIRST" : "NULLS LAST", ordering);
        }
        return ordering.operand(0);
    }

    private SqlNode function(SqlCall call, SqlFunction function) {
        SqlParserPos at = call.getParserPosition();
        String name = function.getName().toLowerCase(Locale.ROOT);
        if (NOW.contains(name)) {
            return now(at);
        }
        return switch (name) {
            case "date_trunc" -> dateTrunc(call);
            case "date_part" ->
                SqlStdOperatorTable.EXTRACT.createCall(
                        at, new SqlIntervalQualifier(unit(call), null, at), call.operand(1));
            case "to_timestamp" -> {
                if (call.operandCount() != 1) {
                    throw unsupported("to_timestamp with a format", call);
                }
                SqlNode millis =
                        SqlStdOperatorTable.MULTIPLY.createCall(at, call.operand(0), Expressions.number(1000, at));
                yield Expressions.function("to_timestamp_tz", at, Expressions.cast(millis, SqlTypeName.BIGINT, at));
            }
            case "concat" -> {
                List<SqlNode> arguments = new ArrayList<>(call.getOperandList());
                arguments.add(0, Expressions.text("", at));
                yield Expressions.function("concat_ws", at, arguments.toArray(SqlNode[]::new));
            }
            default -> call;
        };
    }

    private static SqlNode dateTrunc(SqlCall call) {
        SqlParserPos at = call.getParserPosition();
        if (call.operandCount() != 2) {
            throw unsupported("date_trunc with a time zone", call);
        }
        SqlNode time = call.operand(1);
        return switch (unitText(call)) {
            case "second" -> truncated(time, 1_000, 0, at);
            case "minute" -> truncated(time, 60_000, 0, at);
            case "hour" -> truncated(time, 3_600_000, 0, at);
            case "day" -> truncated(time, 86_400_000, 0, at);
            // 1970-01-01 is a Thursday, and weeks begin on Mondays.
            case "week" -> truncated(time, 7 * 86_400_000, 3 * 86_400_000, at);
            case "month" -> ofText(time, "YYYY-MM", "-01T00:00:00Z", at);
            case "year" -> ofText(time, "YYYY", "-01-01T00:00:00Z", at);
            default -> throw unsupported("date_trunc('" + unitText(call) + "', ...)", call);
        };
    }

    private static SqlNode truncated(SqlNode time, long millis, long shift, SqlParserPos at) {
        SqlNode epoch = Expressions.function("to_epoch_millis", at, time);
        SqlNode shifted =
                shift == 0 ? epoch : SqlStdOperatorTable.PLUS.createCall(at, epoch, Expressions.number(shift, at));
        SqlNode rest = Expressions.function("mod", at, shifted, Expressions.number(millis, at));
        return Expressions.function("to_timestamp_tz", at, SqlStdOperatorTable.MINUS.createCall(at, epoch, rest));
    }

    private static SqlNode ofText(SqlNode time, String format, String rest, SqlParserPos at) {
        SqlNode begin = Expressions.function("to_char", at, time, Expressions.text(format, at));
        return Expressions.cast(
                SqlStdOperatorTable.CONCAT.createCall(at, begin, Expressions.text(rest, at)),
                SqlTypeName.TIMESTAMP_TZ,
                at);
    }

    private static String unitText(SqlCall call) {
        if (call.operand(0) instanceof SqlLiteral literal && literal.getValueAs(String.class) != null) {
            return String.valueOf(literal.getValueAs(String.class)).toLowerCase(Locale.ROOT);
        }
        throw unsupported(call.getOperator().getName().toLowerCase(Locale.ROOT) + " with a unit that is no text", call);
    }

    private static TimeUnit unit(SqlCall call) {
        try {
            return TimeUnit.valueOf(unitText(call).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw unsupported("date_part('" + unitText(call) + "', ...)", call);
        }
    }

    /** Each name of WITH stands for its query, in the queries after it and in the body. */
    private SqlNode inlined(SqlWith query) {
        Map<String, Named> outside = with;
        with = new HashMap<>(outside);
        try {
            for (SqlNode node : query.withList) {
                SqlWithItem item = (SqlWithItem) node;
                if (item.recursive.booleanValue()) {
                    throw unsupported("WITH RECURSIVE", query);
                }
                int before = inlined;
                SqlNode bridged = changed(item.query);
                SqlWithItem named =
                        new SqlWithItem(item.getParserPosition(), item.name, item.columnList, bridged, item.recursive);
                with.put(item.name.getSimple(), new Named(named, 1 + inlined - before));
            }
            return changed(query.body);
        } finally {
            with = outside;
        }
    }

    private SqlNode inlinedSources(SqlNode from) {
        if (from instanceof SqlJoin join) {
            join.setLeft(inlinedSources(join.getLeft()));
            join.setRight(inlinedSources(join.getRight()));
            return join;
        }
        if (from instanceof SqlCall as && as.getKind() == SqlKind.AS && as.operand(0) instanceof SqlIdentifier name) {
            Named item = find(name);
            return item == null ? from : used(item, as.operand(1), as.operandCount() > 2 ? as.getOperandList() : null);
        }
        Named item = from instanceof SqlIdentifier name ? find(name) : null;
        return item == null ? from : used(item, item.item().name, null);
    }

    private @Nullable Named find(SqlIdentifier name) {
        return name.isSimple() ? with.get(name.getSimple()) : null;
    }

    private SqlNode used(Named named, SqlNode alias, @Nullable List<SqlNode> aliasAndColumns) {
        SqlWithItem item = named.item();
        inlined += named.weight();
        if (inlined > MOST_INLINED) {
            throw new StatementException(
                    SqlState.STATEMENT_TOO_COMPLEX,
                    "queries of WITH are used more than " + MOST_INLINED + " times",
                    SqlText.position(alias),
                    null);
        }
        List<SqlNode> operands = new ArrayList<>();
        SqlNode copy = item.query.accept(new Copy());
        operands.add(copy == null ? item.query : copy);
        operands.add(alias);
        if (aliasAndColumns != null) {
            operands.addAll(aliasAndColumns.subList(2, aliasAndColumns.size()));
        } else if (item.columnList != null) {
            operands.addAll(item.columnList.getList());
        }
        return SqlStdOperatorTable.AS.createCall(alias.getParserPosition(), operands);
    }

    /** The guard changes trees in place, so a query that stands in two places must be two. */
    private static final class Copy extends SqlShuttle {
        @Override
        public @Nullable SqlNode visit(SqlCall call) {
            CallCopyingArgHandler copying = new CallCopyingArgHandler(call, true);
            call.getOperator().acceptCall(this, call, false, copying);
            return copying.result();
        }
    }

    private static StatementException unsupported(String construct, SqlNode node) {
        return new StatementException(
                SqlState.FEATURE_NOT_SUPPORTED, construct + " is not supported", SqlText.position(node), null);
    }
}
