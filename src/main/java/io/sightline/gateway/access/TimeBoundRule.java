package io.sightline.gateway.access;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.SqlText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * A hot window is not read from end to end. A query over one has, in the same SELECT or in one around it that only
 * passes rows on, a lower bound on a column of time that has an index; or it is ordered by such a column, or by nothing
 * and without a condition, and has a LIMIT. This spares the grid, it protects no row: a bound may be wide.
 */
final class TimeBoundRule {
    private static final Set<SqlKind> LOWER =
            Set.of(SqlKind.GREATER_THAN, SqlKind.GREATER_THAN_OR_EQUAL, SqlKind.EQUALS);
    private static final Set<SqlKind> UPPER = Set.of(SqlKind.LESS_THAN, SqlKind.LESS_THAN_OR_EQUAL, SqlKind.EQUALS);

    private final Map<String, LogicalRelation> relations;
    private final Predicate<String> hasRowFilter;

    private TimeBoundRule(Map<String, LogicalRelation> relations, Predicate<String> hasRowFilter) {
        this.relations = relations;
        this.hasRowFilter = hasRowFilter;
    }

    static void check(SqlNode query, Map<String, LogicalRelation> relations, Predicate<String> hasRowFilter) {
        if (relations.values().stream()
                .anyMatch(relation -> !relation.indexedTimes().isEmpty())) {
            new TimeBoundRule(relations, hasRowFilter).query(query, new Around(Set.of(), null, null));
        }
    }

    /**
     * What surrounds a SELECT.
     *
     * @param bounded the columns that have a lower bound outside
     * @param order null for none
     * @param limit null for none
     */
    private record Around(
            Set<String> bounded,
            @Nullable SqlNodeList order,
            @Nullable SqlNode limit) {}

    private void query(SqlNode node, Around around) {
        if (node instanceof SqlOrderBy ordered) {
            query(ordered.query, new Around(around.bounded(), ordered.orderList, ordered.fetch));
        } else if (node instanceof SqlSelect select) {
            select(select, around);
        } else if (node instanceof SqlCall union) {
            union.getOperandList().forEach(part -> query(part, new Around(around.bounded(), null, null)));
        }
    }

    private void select(SqlSelect select, Around around) {
        List<SqlNode> conditions = new ArrayList<>();
        conjuncts(select.getWhere(), conditions);
        joinConditions(select.getFrom(), conditions);
        Set<String> bounded = new HashSet<>(passesRowsOn(select) ? around.bounded() : Set.of());
        conditions.forEach(condition -> addLowerBound(condition, bounded));
        sources(select.getFrom(), select, new Around(bounded, around.order(), around.limit()));
        List<SqlNode> expressions = new ArrayList<>(conditions);
        expressions.addAll(select.getSelectList());
        if (select.getHaving() != null) {
            expressions.add(select.getHaving());
        }
        expressions.forEach(this::subqueries);
    }

    private void sources(@Nullable SqlNode from, SqlSelect select, Around inside) {
        if (from instanceof SqlJoin join) {
            sources(join.getLeft(), select, inside);
            sources(join.getRight(), select, inside);
        } else if (from instanceof SqlCall call && call.getKind() == SqlKind.AS) {
            sources(call.operand(0), select, inside);
        } else if (from instanceof SqlIdentifier name) {
            LogicalRelation relation = relations.get(name.names.get(name.names.size() - 1));
            if (relation != null
                    && !relation.indexedTimes().isEmpty()
                    && inside.bounded().stream().noneMatch(relation.indexedTimes()::contains)
                    && !isServedByLimit(select, relation, inside)) {
                throw unbounded(relation, name);
            }
        } else if (from != null) {
            query(from, new Around(inside.bounded(), null, null));
        }
    }

    private boolean isServedByLimit(SqlSelect select, LogicalRelation relation, Around around) {
        boolean alone = !(select.getFrom() instanceof SqlJoin) && passesRowsOn(select);
        if (!alone || !(around.limit() instanceof SqlLiteral)) {
            return false;
        }
        SqlNodeList order = around.order();
        if (order == null || order.isEmpty()) {
            return select.getWhere() == null && !hasRowFilter.test(relation.name());
        }
        SqlNode first = order.get(0);
        SqlNode column = first.getKind() == SqlKind.DESCENDING ? ((SqlCall) first).operand(0) : first;
        return order.size() == 1
                && column instanceof SqlIdentifier id
                && relation.indexedTimes().contains(id.names.get(id.names.size() - 1));
    }

    private static boolean passesRowsOn(SqlSelect select) {
        boolean[] aggregates = {select.isDistinct() || select.getGroup() != null || select.getHaving() != null};
        select.getSelectList().accept(new SqlBasicVisitor<Void>() {
            @Override
            @SuppressWarnings("NullAway") // a visitor of nothing
            public Void visit(SqlCall call) {
                String name = call.getOperator().getName();
                aggregates[0] |=
                        Set.of("COUNT", "SUM", "AVG", "MIN", "MAX").contains(name.toUpperCase(java.util.Locale.ROOT));
                return super.visit(call);
            }
        });
        return !aggregates[0];
    }

    private void subqueries(SqlNode expression) {
        expression.accept(new SqlBasicVisitor<Void>() {
            @Override
            @SuppressWarnings("NullAway") // a visitor of nothing
            public Void visit(SqlCall call) {
                if (call.getKind().belongsTo(SqlKind.QUERY)) {
                    query(call, new Around(Set.of(), null, null));
                    return null;
                }
                return super.visit(call);
            }
        });
    }

    private static void conjuncts(@Nullable SqlNode condition, List<SqlNode> conjuncts) {
        if (condition instanceof SqlCall and && and.getKind() == SqlKind.AND) {
            and.getOperandList().forEach(operand -> conjuncts(operand, conjuncts));
        } else if (condition != null) {
            conjuncts.add(condition);
        }
    }

    private static void joinConditions(@Nullable SqlNode from, List<SqlNode> conditions) {
        if (from instanceof SqlJoin join) {
            joinConditions(join.getLeft(), conditions);
            joinConditions(join.getRight(), conditions);
            conjuncts(join.getCondition(), conditions);
        }
    }

    private static void addLowerBound(SqlNode condition, Set<String> bounded) {
        if (!(condition instanceof SqlCall call)) {
            return;
        }
        boolean between = call.getKind() == SqlKind.BETWEEN
                && !call.getOperator().getName().startsWith("NOT");
        if (between || LOWER.contains(call.getKind())) {
            addColumn(call.operand(0), call.operand(1), bounded);
        }
        if (UPPER.contains(call.getKind())) {
            addColumn(call.operand(1), call.operand(0), bounded);
        }
    }

    private static void addColumn(SqlNode column, SqlNode bound, Set<String> bounded) {
        if (column instanceof SqlIdentifier id) {
            String name = id.names.get(id.names.size() - 1);
            boolean[] ofItself = {false};
            bound.accept(new SqlBasicVisitor<Void>() {
                @Override
                @SuppressWarnings("NullAway") // a visitor of nothing
                public Void visit(SqlIdentifier other) {
                    ofItself[0] |= other.names.get(other.names.size() - 1).equals(name);
                    return null;
                }
            });
            if (!ofItself[0]) {
                bounded.add(name);
            }
        }
    }

    private static StatementException unbounded(LogicalRelation relation, SqlIdentifier name) {
        String time = relation.indexedTimes().iterator().next();
        return new StatementException(
                SqlState.PROGRAM_LIMIT_EXCEEDED,
                "a query over \"" + relation.name() + "\" needs a bound on time",
                SqlText.position(name),
                "add WHERE " + time + " >= now() - INTERVAL '5 minutes', or ORDER BY " + time
                        + " DESC LIMIT 100; for figures over time read a rollup");
    }
}
