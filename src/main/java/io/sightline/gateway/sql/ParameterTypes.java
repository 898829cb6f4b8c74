package io.sightline.gateway.sql;

import io.sightline.gateway.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * The types of a statement's parameters, for clients that leave them open: that of a cast, that of the column or value a
 * parameter is compared or computed with, a whole number for LIMIT; text otherwise, as in PostgreSQL.
 */
public final class ParameterTypes extends SqlBasicVisitor<Void> {
    private final ScriptStatement statement;
    private final Map<String, ValueType> columns;
    private final List<@Nullable ValueType> types;

    private ParameterTypes(ScriptStatement statement, Map<String, ValueType> columns) {
        this.statement = statement;
        this.columns = columns;
        this.types = new ArrayList<>(Collections.nCopies(statement.parameterCount(), null));
    }

    /**
     * The types, one a parameter.
     *
     * @param columns the types of the columns that may be meant, by name
     */
    public static List<ValueType> infer(ScriptStatement statement, Map<String, ValueType> columns) {
        ParameterTypes inferred = new ParameterTypes(statement, columns);
        if (!statement.parameters().isEmpty()) {
            SqlText.parse(statement.text()).accept(inferred);
        }
        return inferred.types.stream()
                .map(type -> type == null ? ValueType.VARCHAR : type)
                .toList();
    }

    @Override
    @SuppressWarnings("NullAway") // a visitor of nothing
    public Void visit(SqlCall call) {
        if (call instanceof SqlOrderBy ordered) {
            found(ordered.fetch, ValueType.BIGINT);
            found(ordered.offset, ValueType.BIGINT);
        } else if (call.getKind() == SqlKind.CAST) {
            found(call.operand(0), typeOf(call.operand(1)));
        } else if (call.getKind() == SqlKind.BETWEEN
                || call.getKind() == SqlKind.IN
                || call.getKind() == SqlKind.NOT_IN
                || call.getKind().belongsTo(SqlKind.COMPARISON)
                || call.getKind().belongsTo(SqlKind.BINARY_ARITHMETIC)) {
            List<SqlNode> operands = new ArrayList<>();
            call.getOperandList().forEach(operand -> {
                if (operand instanceof SqlNodeList list) {
                    operands.addAll(list.getList());
                } else {
                    operands.add(operand);
                }
            });
            operands.forEach(operand -> operands.forEach(other -> found(operand, typeOf(other))));
        }
        return super.visit(call);
    }

    private void found(@Nullable SqlNode node, @Nullable ValueType type) {
        if (type != null && node instanceof SqlDynamicParam parameter) {
            int index = statement.parameters().get(parameter.getIndex()) - 1;
            if (types.get(index) == null) {
                types.set(index, type);
            }
        }
    }

    private @Nullable ValueType typeOf(SqlNode node) {
        if (node instanceof SqlIdentifier id) {
            return columns.get(id.names.get(id.names.size() - 1));
        }
        if (node instanceof org.apache.calcite.sql.SqlDataTypeSpec type) {
            return named(type.getTypeName().toString());
        }
        if (node instanceof SqlLiteral literal) {
            return switch (literal.getTypeName()) {
                case DECIMAL ->
                    literal.toValue() != null && literal.toValue().contains(".") ? ValueType.DOUBLE : ValueType.BIGINT;
                case DOUBLE -> ValueType.DOUBLE;
                case BOOLEAN -> ValueType.BOOLEAN;
                default -> null;
            };
        }
        if (node instanceof SqlCall call) {
            if (call.getKind() == SqlKind.CAST) {
                return typeOf(call.operand(1));
            }
            if (call.getOperator() instanceof SqlFunction function) {
                return switch (function.getName().toLowerCase(java.util.Locale.ROOT)) {
                    case "count", "to_epoch_millis", "length", "char_length" -> ValueType.BIGINT;
                    case "now", "date_trunc", "to_timestamp", "to_timestamp_tz" -> ValueType.TIMESTAMP_WITH_TIME_ZONE;
                    case "extract", "date_part", "avg", "floor", "ceil" -> ValueType.DOUBLE;
                    case "sum", "min", "max", "abs", "coalesce" ->
                        call.operandCount() > 0 ? typeOf(call.operand(0)) : null;
                    default -> null;
                };
            }
        }
        return null;
    }

    private static @Nullable ValueType named(String type) {
        return switch (type.toLowerCase(java.util.Locale.ROOT)) {
            case "boolean", "bool" -> ValueType.BOOLEAN;
            case "smallint", "int2", "tinyint" -> ValueType.SMALLINT;
            case "integer", "int4" -> ValueType.INTEGER;
            case "bigint", "int8" -> ValueType.BIGINT;
            case "decimal", "numeric" -> ValueType.DECIMAL;
            case "real", "float4" -> ValueType.REAL;
            case "double", "float8", "float" -> ValueType.DOUBLE;
            case "date" -> ValueType.DATE;
            case "time" -> ValueType.TIME;
            case "timestamp" -> ValueType.TIMESTAMP;
            case "timestamp_tz", "timestamptz" -> ValueType.TIMESTAMP_WITH_TIME_ZONE;
            default -> ValueType.VARCHAR;
        };
    }
}
