package io.sightline.gateway.sql;

import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Times of a statement as parameters of it. A dashboard asks the same question again and again with other times: as
 * parameters they leave the text as it is, and the engine plans it once; nor does it read the time from its text for every
 * row, as it does with literals.
 *
 * @param sql in the engine's dialect, with {@code ?} for parameters
 * @param values theirs, in order
 */
public record TimeParameters(String sql, List<OffsetDateTime> values) {
    private static final Set<SqlKind> COMPARISONS = Set.of(
            SqlKind.EQUALS,
            SqlKind.NOT_EQUALS,
            SqlKind.LESS_THAN,
            SqlKind.LESS_THAN_OR_EQUAL,
            SqlKind.GREATER_THAN,
            SqlKind.GREATER_THAN_OR_EQUAL,
            SqlKind.BETWEEN);

    /**
     * Takes the times out of a statement that has no parameters yet: those that are cast to a timestamp, and those that are
     * compared with a column of that type.
     *
     * @param sql in the engine's dialect
     * @param statement the same parsed; it is changed on the way
     * @param isTime whether a column of this name is a timestamp with time zone, wherever the statement may read it
     */
    public static TimeParameters of(String sql, SqlNode statement, Predicate<String> isTime) {
        Names given = new Names();
        statement.accept(given);
        Taking taking = new Taking(name -> isTime.test(name) && !given.names.contains(name));
        SqlNode taken = taking.taken(statement);
        return new TimeParameters(taking.values.isEmpty() ? sql : SqlText.write(taken), List.copyOf(taking.values));
    }

    /** The names that a statement gives to columns of its own, which may be of any type. */
    private static final class Names extends SqlShuttle {
        private final Set<String> names = new HashSet<>();

        @Override
        public @Nullable SqlNode visit(SqlCall call) {
            if (call.getKind() == SqlKind.AS) {
                call.getOperandList().stream()
                        .skip(1)
                        .filter(SqlIdentifier.class::isInstance)
                        .forEach(name -> names.add(((SqlIdentifier) name).getSimple()));
            }
            return super.visit(call);
        }
    }

    /** Replaces times, from left to right as the engine counts parameters. */
    private static final class Taking extends SqlShuttle {
        private final Predicate<String> isTime;
        private final List<OffsetDateTime> values = new ArrayList<>();

        Taking(Predicate<String> isTime) {
            this.isTime = isTime;
        }

        @Override
        public @Nullable SqlNode visit(SqlCall call) {
            if (call instanceof SqlSelect select) {
                return selected(select);
            }
            if (call instanceof SqlOrderBy ordered) {
                return new SqlOrderBy(
                        ordered.getParserPosition(),
                        taken(ordered.query),
                        ordered.orderList,
                        ordered.offset,
                        ordered.fetch);
            }
            if (call instanceof SqlCase) {
                // Its conditions come before its results here, and by turns in the text.
                return call;
            }
            if (call.getKind() == SqlKind.CAST
                    && call.operand(1) instanceof SqlDataTypeSpec type
                    && type.getTypeName().getSimple().equals(SqlTypeName.TIMESTAMP_TZ.name())) {
                SqlNode parameter = parameter(call.operand(0));
                return parameter == null
                        ? super.visit(call)
                        : Expressions.cast(parameter, SqlTypeName.TIMESTAMP_TZ, call.getParserPosition());
            }
            return COMPARISONS.contains(call.getKind()) && comparesTimes(call) ? compared(call) : super.visit(call);
        }

        /**
         * What is grouped by stands in two places, and two parameters would be two things: where rows are grouped, only the
         * condition on them is looked into.
         */
        private SqlNode selected(SqlSelect select) {
            if (select.getGroup() == null && taken(select.getSelectList()) instanceof SqlNodeList list) {
                select.setSelectList(list);
            }
            SqlNode from = select.getFrom();
            if (from != null) {
                select.setFrom(taken(from));
            }
            SqlNode where = select.getWhere();
            if (where != null) {
                select.setWhere(taken(where));
            }
            return select;
        }

        private SqlNode taken(SqlNode node) {
            SqlNode taken = node.accept(this);
            return taken == null ? node : taken;
        }

        private boolean comparesTimes(SqlCall comparison) {
            return comparison.getOperandList().stream()
                    .anyMatch(operand -> operand instanceof SqlIdentifier column
                            && isTime.test(column.names.get(column.names.size() - 1)));
        }

        private SqlNode compared(SqlCall comparison) {
            List<SqlNode> operands = new ArrayList<>();
            for (SqlNode operand : comparison.getOperandList()) {
                SqlNode parameter = parameter(operand);
                operands.add(parameter == null ? taken(operand) : parameter);
            }
            return comparison.getOperator().createCall(comparison.getParserPosition(), operands);
        }

        /** In place of a text that is a time; null for any other node. */
        private @Nullable SqlNode parameter(SqlNode node) {
            if (!(node instanceof SqlLiteral literal) || literal.getTypeName() != SqlTypeName.CHAR) {
                return null;
            }
            try {
                values.add(OffsetDateTime.parse(String.valueOf(literal.getValueAs(String.class))));
            } catch (DateTimeParseException e) {
                // The engine may read it still, or say what is wrong with it.
                return null;
            }
            return new SqlDynamicParam(values.size() - 1, SqlParserPos.ZERO);
        }
    }
}
