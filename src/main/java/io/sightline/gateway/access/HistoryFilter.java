package io.sightline.gateway.access;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.history.RowCondition;
import io.sightline.history.RowCondition.Operator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * A row filter as conditions that the history's reader knows: comparisons of a column with a value and lists of values,
 * joined by AND. A filter that says more lets nobody into the history, rather than somebody too far.
 */
final class HistoryFilter {
    private final List<Column> columns;
    private final List<RowCondition> conditions = new ArrayList<>();

    private HistoryFilter(List<Column> columns) {
        this.columns = columns;
    }

    /**
     * The conditions of a filter that is bound to a person.
     *
     * @param columns those of the history
     * @throws StatementException if the reader has no such conditions
     */
    static List<RowCondition> conditions(SqlNode filter, List<Column> columns) {
        HistoryFilter read = new HistoryFilter(columns);
        try {
            read.add(filter);
        } catch (ArithmeticException | ClassCastException e) {
            throw unknown();
        }
        return read.conditions;
    }

    private void add(SqlNode node) {
        if (!(node instanceof SqlCall call) || call.operandCount() != 2) {
            throw unknown();
        }
        SqlNode left = call.operand(0);
        SqlNode right = call.operand(1);
        switch (call.getKind()) {
            case AND -> {
                add(left);
                add(right);
            }
            case IN -> {
                Column column = column(left);
                conditions.add(new RowCondition(column, Operator.IN, values(column, right)));
            }
            case NOT_IN -> {
                Column column = column(left);
                values(column, right)
                        .forEach(value -> conditions.add(new RowCondition(column, Operator.NOT_EQUAL, value)));
            }
            default -> compare(call.getKind(), left, right);
        }
    }

    private void compare(SqlKind kind, SqlNode left, SqlNode right) {
        if (left instanceof SqlLiteral && right instanceof SqlIdentifier) {
            compare(kind.reverse(), right, left);
            return;
        }
        Column column = column(left);
        Operator operator = switch (kind) {
            case EQUALS -> Operator.EQUAL;
            case NOT_EQUALS -> Operator.NOT_EQUAL;
            case LESS_THAN -> Operator.LESS;
            case LESS_THAN_OR_EQUAL -> Operator.LESS_OR_EQUAL;
            case GREATER_THAN -> Operator.GREATER;
            case GREATER_THAN_OR_EQUAL -> Operator.GREATER_OR_EQUAL;
            default -> throw unknown();
        };
        boolean isOrder = operator != Operator.EQUAL && operator != Operator.NOT_EQUAL;
        if (isOrder && column.type() == FieldType.STRING) {
            // The engine orders texts in another way than files do.
            throw unknown();
        }
        conditions.add(new RowCondition(column, operator, value(column, right)));
    }

    private Column column(SqlNode node) {
        if (node instanceof SqlIdentifier name && name.isSimple()) {
            return columns.stream()
                    .filter(column -> column.name().equals(name.getSimple()))
                    .findFirst()
                    .orElseThrow(HistoryFilter::unknown);
        }
        throw unknown();
    }

    private static List<Object> values(Column column, SqlNode list) {
        List<Object> values = new ArrayList<>();
        for (SqlNode value : (SqlNodeList) list) {
            values.add(value(column, value));
        }
        return List.copyOf(values);
    }

    private static Object value(Column column, SqlNode node) {
        if (node.getKind() == SqlKind.MINUS_PREFIX && ((SqlCall) node).operand(0) instanceof SqlNumericLiteral number) {
            String negative = number(number).negate().toPlainString();
            return value(column, SqlLiteral.createExactNumeric(negative, number.getParserPosition()));
        }
        if (!(node instanceof SqlLiteral literal) || literal.getValue() == null) {
            throw unknown();
        }
        boolean isText = literal.getTypeName() == SqlTypeName.CHAR;
        boolean isTruth = literal.getTypeName() == SqlTypeName.BOOLEAN;
        return switch (column.type()) {
            case STRING -> isText ? literal.getValueAs(String.class) : refused();
            case BOOLEAN -> isTruth ? literal.booleanValue() : refused();
            case INT -> number(literal).intValueExact();
            case LONG -> number(literal).longValueExact();
            case DOUBLE -> number(literal).doubleValue();
            case TIMESTAMP, DATE -> refused();
        };
    }

    private static BigDecimal number(SqlLiteral literal) {
        if (literal instanceof SqlNumericLiteral number) {
            return number.getValueAs(BigDecimal.class);
        }
        throw unknown();
    }

    private static Object refused() {
        throw unknown();
    }

    private static StatementException unknown() {
        return new StatementException(
                SqlState.INSUFFICIENT_PRIVILEGE,
                "your role's row filter cannot be applied to the history",
                null,
                "the history knows comparisons of columns with texts, numbers, true and false, and IN (...), joined by AND:"
                        + " ask whoever keeps the access file");
    }
}
