package io.sightline.gateway.access;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.SqlText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/**
 * Lets a query through as far as its author's role reaches. In this order:
 *
 * <ol>
 *   <li>Every node is on the closed list of {@link AllowedNodes}.
 *   <li>Every name of a relation becomes {@code (SELECT granted columns FROM (definition) WHERE row filter)}.
 *   <li>Hot windows are read as {@link TimeBoundRule} says.
 *   <li>The text for the engine is parsed again. Every node is on the closed list, and no relation is read but inside a
 *       query that is, letter for letter, one of those that step 2 makes for this person ({@link #recheck}).
 * </ol>
 *
 * Any thread.
 */
public final class SqlGuard {
    /** What the names of the mappings behind the relations begin with; no relation of people may be called so. */
    private static final String PHYSICAL_PREFIX = "hot_";

    /** The schema that people see all relations in. */
    public static final String SCHEMA = "public";

    private final Catalog catalog;
    private final Principal principal;

    /** A guard for one person over the relations that are there now. */
    public SqlGuard(Catalog catalog, Principal principal) {
        this.catalog = catalog;
        this.principal = principal;
    }

    /**
     * What a relation's name becomes.
     *
     * @param text as it looks when it is read from the text for the engine
     */
    record Source(SqlNode query, String text) {}

    /**
     * What the engine may run.
     *
     * @param sql the text
     * @param parsed what was read from that text, and checked
     * @param relations the relations it reads
     */
    public record Guarded(String sql, SqlNode parsed, Set<String> relations) {}

    /** The relations this person may read, with the columns they may read. */
    public List<LogicalRelation> readable() {
        List<LogicalRelation> readable = new ArrayList<>();
        for (LogicalRelation relation : catalog.relations()) {
            Grant grant = principal.role().grant(relation.name());
            if (grant != null && !isPhysical(relation.name())) {
                readable.add(new LogicalRelation(
                        relation.name(), relation.definition(), columns(relation, grant), relation.indexedTimes()));
            }
        }
        return readable;
    }

    /**
     * The query as the engine may run it. The tree is changed on the way.
     *
     * @throws StatementException if the person may not run it
     */
    public Guarded guard(SqlNode query) {
        try {
            return guarded(query);
        } catch (StackOverflowError e) {
            throw SqlText.tooDeep();
        }
    }

    private Guarded guarded(SqlNode query) {
        Map<String, LogicalRelation> read = new HashMap<>();
        AllowedNodes.checkQuery(query, source -> {
            if (source instanceof SqlIdentifier name) {
                LogicalRelation relation = relation(name);
                read.put(relation.name(), relation);
                return true;
            }
            return false;
        });
        if (!principal.role().admin()) {
            TimeBoundRule.check(query, read, this::hasRowFilter);
        }
        Map<String, Source> sources = new HashMap<>();
        read.forEach((name, relation) -> sources.put(name, source(relation)));
        replaceNames(query, sources);
        String sql = SqlText.write(query);
        SqlNode parsed = SqlText.parse(sql);
        recheck(parsed, sources.values());
        return new Guarded(sql, parsed, new LinkedHashSet<>(read.keySet()));
    }

    /** The last word, over the very text that the engine gets. */
    private static void recheck(SqlNode parsed, Collection<Source> sources) {
        Set<String> texts = sources.stream().map(Source::text).collect(Collectors.toSet());
        AllowedNodes.checkQuery(parsed, source -> texts.contains(SqlText.write(source)));
    }

    private LogicalRelation relation(SqlIdentifier name) {
        List<String> names = name.names;
        String last = names.get(names.size() - 1);
        boolean inSchema = names.size() == 1
                || (names.size() <= 3 && names.get(names.size() - 2).equals(SCHEMA));
        LogicalRelation relation = inSchema && !isPhysical(last) ? catalog.find(last) : null;
        Grant grant = relation == null ? null : principal.role().grant(last);
        if (relation == null || grant == null) {
            // The same answer for what is not there and what may not be known.
            throw new StatementException(
                    SqlState.UNDEFINED_TABLE,
                    "relation \"" + String.join(".", names) + "\" does not exist",
                    SqlText.position(name),
                    "\\d lists the relations you may read");
        }
        return relation;
    }

    private static boolean isPhysical(String name) {
        return name.regionMatches(true, 0, PHYSICAL_PREFIX, 0, PHYSICAL_PREFIX.length());
    }

    private boolean hasRowFilter(String relation) {
        Grant grant = principal.role().grant(relation);
        return grant == null || grant.rows() != null;
    }

    private Source source(LogicalRelation relation) {
        Grant grant = principal.role().grant(relation.name());
        if (grant == null) {
            throw new IllegalStateException("relations without a grant are refused before");
        }
        return catalog.source(relation, grant, principal.claims(), () -> source(relation, grant));
    }

    private Source source(LogicalRelation relation, Grant grant) {
        SqlNodeList columns = new SqlNodeList(SqlParserPos.ZERO);
        columns(relation, grant).forEach(column -> columns.add(new SqlIdentifier(column.name(), SqlParserPos.ZERO)));
        if (columns.isEmpty()) {
            throw new StatementException(
                    SqlState.INSUFFICIENT_PRIVILEGE, "your role reads no column of \"" + relation.name() + "\"");
        }
        SqlNode where = grant.rows() == null ? null : grant.rows().bind(principal.claims());
        SqlNode query = new SqlSelect(
                SqlParserPos.ZERO,
                null,
                columns,
                relation.definition(),
                where,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return new Source(query, SqlText.write(SqlText.parse(SqlText.write(query))));
    }

    private static List<ResultColumn> columns(LogicalRelation relation, Grant grant) {
        return relation.columns().stream()
                .filter(column -> grant.columns().isEmpty() || grant.columns().contains(column.name()))
                .toList();
    }

    private static void replaceNames(SqlNode query, Map<String, Source> sources) {
        List<SqlSelect> selects = new ArrayList<>();
        query.accept(new SqlBasicVisitor<Void>() {
            @Override
            @SuppressWarnings("NullAway") // a visitor of nothing
            public Void visit(SqlCall call) {
                if (call instanceof SqlSelect select) {
                    selects.add(select);
                }
                return super.visit(call);
            }
        });
        for (SqlSelect select : selects) {
            SqlNode from = select.getFrom();
            if (from != null) {
                select.setFrom(replaced(from, sources));
            }
        }
    }

    private static SqlNode replaced(SqlNode from, Map<String, Source> sources) {
        if (from instanceof SqlJoin join) {
            join.setLeft(replaced(join.getLeft(), sources));
            join.setRight(replaced(join.getRight(), sources));
        } else if (from instanceof SqlIdentifier name) {
            return SqlStdOperatorTable.AS.createCall(
                    SqlParserPos.ZERO,
                    query(name, sources),
                    new SqlIdentifier(name.names.get(name.names.size() - 1), SqlParserPos.ZERO));
        } else if (from instanceof SqlCall as
                && as.getKind() == SqlKind.AS
                && as.operand(0) instanceof SqlIdentifier name) {
            as.setOperand(0, query(name, sources));
        }
        return from;
    }

    private static SqlNode query(SqlIdentifier name, Map<String, Source> sources) {
        String relation = name.names.get(name.names.size() - 1);
        Source source = sources.get(relation);
        if (source == null) {
            throw new IllegalStateException("a relation that was not asked for: " + relation);
        }
        return source.query();
    }
}
