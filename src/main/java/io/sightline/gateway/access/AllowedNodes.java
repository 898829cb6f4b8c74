package io.sightline.gateway.access;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.SqlText;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.jspecify.annotations.Nullable;

/**
 * The closed list of what a query may be made of. A query, a source of rows and an expression each have their own list,
 * by place: a node that is not on the list of its place is refused, whatever it is.
 */
class AllowedNodes {
    private static final Set<SqlKind> OPERATORS = Set.of(
            SqlKind.AND,
            SqlKind.OR,
            SqlKind.NOT,
            SqlKind.EQUALS,
            SqlKind.NOT_EQUALS,
            SqlKind.LESS_THAN,
            SqlKind.LESS_THAN_OR_EQUAL,
            SqlKind.GREATER_THAN,
            SqlKind.GREATER_THAN_OR_EQUAL,
            SqlKind.BETWEEN,
            SqlKind.LIKE,
            SqlKind.IN,
            SqlKind.NOT_IN,
            SqlKind.IS_NULL,
            SqlKind.IS_NOT_NULL,
            SqlKind.IS_TRUE,
            SqlKind.IS_NOT_TRUE,
            SqlKind.IS_FALSE,
            SqlKind.IS_NOT_FALSE,
            SqlKind.PLUS,
            SqlKind.MINUS,
            SqlKind.TIMES,
            SqlKind.DIVIDE,
            SqlKind.MOD,
            SqlKind.PLUS_PREFIX,
            SqlKind.MINUS_PREFIX,
            SqlKind.CASE,
            SqlKind.CAST);

    /** By name, as the engine has them; none reads anything but its arguments. */
    private static final Set<String> FUNCTIONS = Set.of(
            "count",
            "sum",
            "avg",
            "min",
            "max",
            "coalesce",
            "nullif",
            "cast",
            "extract",
            "abs",
            "ceil",
            "ceiling",
            "floor",
            "round",
            "truncate",
            "sign",
            "mod",
            "exp",
            "ln",
            "log10",
            "power",
            "sqrt",
            "cbrt",
            "square",
            "degrees",
            "radians",
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "atan2",
            "cot",
            "upper",
            "lower",
            "initcap",
            "length",
            "char_length",
            "character_length",
            "ascii",
            "substring",
            "replace",
            "position",
            "trim",
            "ltrim",
            "rtrim",
            "btrim",
            "concat_ws",
            "to_char",
            "to_timestamp_tz",
            "to_epoch_millis",
            "json_value",
            "json_query");

    private static final Set<String> AGGREGATES = Set.of("count", "sum", "avg", "min", "max");

    /** Decides about a source of rows before it is looked into: true takes it whole. */
    private final Predicate<SqlNode> isTakenWhole;

    private AllowedNodes(Predicate<SqlNode> isTakenWhole) {
        this.isTakenWhole = isTakenWhole;
    }

    /**
     * Passes a query, or throws.
     *
     * @param isTakenWhole asked for each source of rows that is a name or a query; a name that it does not take is
     *     refused
     */
    static void checkQuery(SqlNode query, Predicate<SqlNode> isTakenWhole) {
        new AllowedNodes(isTakenWhole).query(query);
    }

    /** Passes a condition without queries and aggregates in it, or throws. */
    static void checkCondition(SqlNode condition) {
        AllowedNodes nodes = new AllowedNodes(source -> false) {
            @Override
            void query(SqlNode node) {
                throw refused(node);
            }

            @Override
            void function(SqlCall call, String name) {
                if (AGGREGATES.contains(name)) {
                    throw refused(call);
                }
                super.function(call, name);
            }
        };
        nodes.expression(condition);
    }

    void query(SqlNode node) {
        if (node instanceof SqlOrderBy ordered) {
            query(ordered.query);
            orderings(ordered.orderList);
            count(ordered.offset);
            count(ordered.fetch);
        } else if (node instanceof SqlSelect select) {
            select(select);
        } else if (node instanceof SqlCall call && call.getKind() == SqlKind.UNION) {
            call.getOperandList().forEach(this::query);
        } else {
            throw refused(node);
        }
    }

    private void select(SqlSelect select) {
        if (select.hasHints()
                || select.getQualify() != null
                || !select.getWindowList().isEmpty()) {
            throw refused(select);
        }
        for (SqlNode keyword : select.getOperandList().get(0) instanceof SqlNodeList list ? list : SqlNodeList.EMPTY) {
            if (!Set.of("DISTINCT", "ALL").contains(String.valueOf(((SqlLiteral) keyword).toValue()))) {
                throw refused(keyword);
            }
        }
        for (SqlNode item : select.getSelectList()) {
            if (item instanceof SqlIdentifier id && id.isStar()) {
                continue;
            }
            if (item instanceof SqlCall call && call.getKind() == SqlKind.AS) {
                expression(call.operand(0));
                name(call.operand(1));
            } else {
                expression(item);
            }
        }
        SqlNode from = select.getFrom();
        if (from != null) {
            source(from);
        }
        ifPresent(select.getWhere());
        ifPresent(select.getHaving());
        SqlNodeList groups = select.getGroup();
        if (groups != null) {
            groups.forEach(this::expression);
        }
        SqlNodeList order = select.getOrderList();
        if (order != null) {
            orderings(order);
        }
        count(select.getOffset());
        count(select.getFetch());
    }

    private void source(SqlNode node) {
        if (node instanceof SqlJoin join) {
            join(join);
        } else if (node instanceof SqlCall call && call.getKind() == SqlKind.AS) {
            leaf(call.operand(0));
            for (int i = 1; i < call.operandCount(); i++) {
                name(call.operand(i));
            }
        } else {
            leaf(node);
        }
    }

    private void leaf(SqlNode node) {
        if (node instanceof SqlIdentifier || node.getKind().belongsTo(SqlKind.QUERY)) {
            if (isTakenWhole.test(node)) {
                return;
            }
            if (!(node instanceof SqlIdentifier)) {
                query(node);
                return;
            }
        }
        throw refused(node);
    }

    private void join(SqlJoin join) {
        if (!Set.of(JoinType.INNER, JoinType.LEFT, JoinType.RIGHT, JoinType.CROSS, JoinType.COMMA)
                .contains(join.getJoinType())) {
            throw unsupported(join.getJoinType() + " JOIN", join);
        }
        source(join.getLeft());
        source(join.getRight());
        SqlNode condition = join.getCondition();
        if (condition == null) {
            return;
        }
        if (join.getConditionType() == JoinConditionType.USING) {
            ((SqlNodeList) condition).forEach(this::name);
        } else {
            expression(condition);
        }
    }

    private void orderings(SqlNodeList order) {
        for (SqlNode item : order) {
            expression(item.getKind() == SqlKind.DESCENDING ? ((SqlCall) item).operand(0) : item);
        }
    }

    private void count(@Nullable SqlNode node) {
        if (node != null && !(node instanceof SqlLiteral) && !(node instanceof SqlDynamicParam)) {
            throw refused(node);
        }
    }

    private void name(SqlNode node) {
        if (!(node instanceof SqlIdentifier id) || !id.isSimple()) {
            throw refused(node);
        }
    }

    private void ifPresent(@Nullable SqlNode expression) {
        if (expression != null) {
            expression(expression);
        }
    }

    private void expression(SqlNode node) {
        if (node instanceof SqlLiteral || node instanceof SqlDynamicParam || node instanceof SqlIntervalQualifier) {
            return;
        }
        if (node instanceof SqlIdentifier id) {
            if (id.isStar() || SqlText.isKeyword(id)) {
                throw refused(id);
            }
        } else if (node instanceof SqlDataTypeSpec type) {
            if (!(type.getTypeNameSpec() instanceof SqlBasicTypeNameSpec)) {
                throw unsupported("type " + type.getTypeName(), type);
            }
        } else if (node instanceof SqlCase cases) {
            ifPresent(cases.getValueOperand());
            cases.getWhenOperands().forEach(this::expression);
            cases.getThenOperands().forEach(this::expression);
            ifPresent(cases.getElseOperand());
        } else if (node instanceof SqlCall call) {
            call(call);
        } else {
            throw refused(node);
        }
    }

    private void call(SqlCall call) {
        SqlKind kind = call.getKind();
        if (kind == SqlKind.EXISTS) {
            query(call.operand(0));
        } else if (call.getOperator() instanceof SqlFunction function) {
            function(call, functionName(function));
        } else if (OPERATORS.contains(kind) || call.getOperator().equals(SqlStdOperatorTable.CONCAT)) {
            for (SqlNode operand : call.getOperandList()) {
                if (operand instanceof SqlNodeList list) {
                    list.forEach(this::expression);
                } else {
                    expression(operand);
                }
            }
        } else {
            throw refused(call);
        }
    }

    void function(SqlCall call, String name) {
        if (!FUNCTIONS.contains(name)) {
            throw new StatementException(
                    SqlState.UNDEFINED_FUNCTION,
                    "function " + name + "() is not available",
                    SqlText.position(call),
                    null);
        }
        SqlLiteral quantifier = call.getFunctionQuantifier();
        if (quantifier != null && !AGGREGATES.contains(name)) {
            throw refused(quantifier);
        }
        for (SqlNode operand : call.getOperandList()) {
            if (operand == null) {
                continue;
            }
            boolean countsRows =
                    name.equals("count") && operand instanceof SqlIdentifier id && id.isStar() && id.names.size() == 1;
            if (!countsRows) {
                expression(operand);
            }
        }
    }

    /** In lower case; with its schema, and so on no list, if it has one. */
    private static String functionName(SqlFunction function) {
        SqlIdentifier name = function.getNameAsId();
        return (name == null ? function.getName() : name.toString()).toLowerCase(Locale.ROOT);
    }

    static StatementException refused(SqlNode node) {
        return unsupported(construct(node), node);
    }

    private static StatementException unsupported(String construct, SqlNode node) {
        return new StatementException(
                SqlState.FEATURE_NOT_SUPPORTED,
                construct + " is not supported",
                SqlText.position(node),
                "queries are read only: SELECT with joins, UNION, GROUP BY, ORDER BY and LIMIT over the relations that \\d lists");
    }

    private static String construct(SqlNode node) {
        return switch (node.getKind()) {
            case EXPLICIT_TABLE -> "TABLE name";
            case COLLECTION_TABLE, UNNEST, LATERAL -> "a table function";
            case OVER -> "a window function (OVER)";
            case SCALAR_QUERY -> "a query as a value";
            case SELECT, ORDER_BY, UNION ->
                node instanceof SqlSelect select && !select.hasHints()
                        ? "a query in this place"
                        : "this form of SELECT";
            case IDENTIFIER -> "`" + node + "` in this place";
            default -> node instanceof SqlCall call ? call.getOperator().getName() : node.getKind().sql;
        };
    }
}
