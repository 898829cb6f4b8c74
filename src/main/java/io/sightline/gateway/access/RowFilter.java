package io.sightline.gateway.access;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.SqlText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * A condition on the rows of a relation, as {@code site IN (${claim:site})}. A claim stands for the values that are
 * known of the person, and becomes literals in the tree: no text of a claim is ever read as SQL.
 */
public final class RowFilter {
    private static final Pattern CLAIM = Pattern.compile("\\$\\{claim:([a-z][a-z0-9_]*)}");
    private static final String MARK = "claim:";

    private final String text;
    private final SqlNode condition;
    private final Set<String> claims = new LinkedHashSet<>();

    private RowFilter(String text, SqlNode condition) {
        this.text = text;
        this.condition = condition;
    }

    /**
     * Reads a condition.
     *
     * @throws StatementException if it is none, or has more than comparisons of columns and values
     */
    public static RowFilter parse(String text) {
        Matcher claim = CLAIM.matcher(text);
        SqlNode condition = SqlText.parseExpression(claim.replaceAll("\"" + MARK + "$1\""));
        AllowedNodes.checkCondition(condition);
        RowFilter filter = new RowFilter(text, condition);
        condition.accept(new SqlBasicVisitor<Void>() {
            @Override
            @SuppressWarnings("NullAway") // a visitor of nothing
            public Void visit(SqlIdentifier id) {
                if (isClaim(id)) {
                    filter.claims.add(id.getSimple().substring(MARK.length()));
                }
                return null;
            }
        });
        return filter;
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    /** The claims it asks for. */
    public Set<String> claims() {
        return claims;
    }

    /** The condition for one person. */
    SqlNode bind(Map<String, List<String>> values) {
        SqlNode bound = condition.accept(new Binding(values));
        if (bound == null) {
            throw new IllegalStateException("a condition stays a condition");
        }
        return bound;
    }

    private static boolean isClaim(SqlIdentifier id) {
        return id.isSimple() && id.getSimple().startsWith(MARK);
    }

    private static final class Binding extends SqlShuttle {
        private final Map<String, List<String>> values;

        Binding(Map<String, List<String>> values) {
            this.values = values;
        }

        @Override
        public SqlNode visit(SqlIdentifier id) {
            if (!isClaim(id)) {
                return id;
            }
            List<String> ofClaim = values(id);
            if (ofClaim.size() != 1) {
                throw new StatementException(
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "the claim `" + id.getSimple().substring(MARK.length()) + "` has " + ofClaim.size()
                                + " values where the row filter takes one",
                        null,
                        "in the access file, compare it with IN (...)");
            }
            return literal(ofClaim.get(0));
        }

        @Override
        public SqlNode visit(SqlNodeList list) {
            List<SqlNode> bound = new ArrayList<>();
            for (SqlNode node : list) {
                if (node instanceof SqlIdentifier id && isClaim(id)) {
                    values(id).forEach(value -> bound.add(literal(value)));
                } else {
                    SqlNode same = node instanceof SqlCall call ? call.accept(this) : node;
                    if (same != null) {
                        bound.add(same);
                    }
                }
            }
            return new SqlNodeList(bound, list.getParserPosition());
        }

        private List<String> values(SqlIdentifier id) {
            String claim = id.getSimple().substring(MARK.length());
            List<String> ofClaim = values.getOrDefault(claim, List.of());
            if (ofClaim.isEmpty()) {
                throw new StatementException(
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "your role's rows depend on the claim `" + claim + "`, and you have none",
                        null,
                        "ask whoever keeps the access file");
            }
            return ofClaim;
        }

        private static SqlNode literal(String value) {
            return SqlLiteral.createCharString(value, SqlParserPos.ZERO);
        }
    }
}
