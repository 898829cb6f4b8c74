package io.sightline.gateway.sql;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * What a client gives for {@code $1}, {@code $2}, ...: each becomes a literal of its type in the tree, never text that is
 * parsed.
 *
 * @param types one a parameter
 * @param values one a parameter, of the class of its type, or null
 */
public record ParameterValues(List<ValueType> types, List<? extends @Nullable Object> values) {
    /** No parameters. */
    public static final ParameterValues NONE = new ParameterValues(List.of(), List.of());

    /**
     * The tree with values in place of parameters.
     *
     * @throws StatementException if the statement has more of them
     */
    public SqlNode putInto(SqlNode tree, ScriptStatement statement) {
        if (statement.parameters().isEmpty()) {
            return tree;
        }
        SqlNode filled = tree.accept(new SqlShuttle() {
            @Override
            public @Nullable SqlNode visit(SqlCall call) {
                if (call instanceof SqlOrderBy ordered && (isNull(ordered.fetch) || isNull(ordered.offset))) {
                    // In PostgreSQL a LIMIT that is null is none.
                    return super.visit(new SqlOrderBy(
                            ordered.getParserPosition(),
                            ordered.query,
                            ordered.orderList,
                            isNull(ordered.offset) ? null : ordered.offset,
                            isNull(ordered.fetch) ? null : ordered.fetch));
                }
                return super.visit(call);
            }

            private boolean isNull(@Nullable SqlNode node) {
                return node instanceof SqlDynamicParam parameter
                        && statement.parameters().get(parameter.getIndex()) <= values.size()
                        && values.get(statement.parameters().get(parameter.getIndex()) - 1) == null;
            }

            @Override
            public SqlNode visit(SqlDynamicParam parameter) {
                int number = statement.parameters().get(parameter.getIndex());
                if (number > values.size()) {
                    throw new StatementException(
                            SqlState.UNDEFINED_PARAMETER,
                            "there is no parameter $" + number,
                            SqlText.position(parameter),
                            null);
                }
                return literal(types.get(number - 1), values.get(number - 1), parameter.getParserPosition());
            }
        });
        if (filled == null) {
            throw new IllegalStateException("a tree stays a tree");
        }
        return filled;
    }

    private static SqlNode literal(ValueType type, @Nullable Object value, SqlParserPos at) {
        SqlTypeName name = sqlType(type);
        if (value == null) {
            return Expressions.cast(SqlLiteral.createNull(at), name, at);
        }
        return switch (type) {
            case BOOLEAN -> SqlLiteral.createBoolean((Boolean) value, at);
            case SMALLINT, INTEGER, BIGINT, DECIMAL -> {
                BigDecimal number = new BigDecimal(value.toString());
                SqlNode positive = SqlLiteral.createExactNumeric(number.abs().toPlainString(), at);
                yield number.signum() < 0
                        ? org.apache.calcite.sql.fun.SqlStdOperatorTable.UNARY_MINUS.createCall(at, positive)
                        : positive;
            }
            case REAL, DOUBLE -> Expressions.cast(Expressions.text(value.toString(), at), name, at);
            case VARCHAR, JSON -> Expressions.text(value.toString(), at);
            case DATE, TIME, TIMESTAMP, TIMESTAMP_WITH_TIME_ZONE ->
                Expressions.cast(Expressions.text(value.toString(), at), name, at);
        };
    }

    private static SqlTypeName sqlType(ValueType type) {
        return switch (type) {
            case BOOLEAN -> SqlTypeName.BOOLEAN;
            case SMALLINT -> SqlTypeName.SMALLINT;
            case INTEGER -> SqlTypeName.INTEGER;
            case BIGINT -> SqlTypeName.BIGINT;
            case DECIMAL -> SqlTypeName.DECIMAL;
            case REAL -> SqlTypeName.REAL;
            case DOUBLE -> SqlTypeName.DOUBLE;
            case VARCHAR, JSON -> SqlTypeName.VARCHAR;
            case DATE -> SqlTypeName.DATE;
            case TIME -> SqlTypeName.TIME;
            case TIMESTAMP -> SqlTypeName.TIMESTAMP;
            case TIMESTAMP_WITH_TIME_ZONE -> SqlTypeName.TIMESTAMP_TZ;
        };
    }
}
