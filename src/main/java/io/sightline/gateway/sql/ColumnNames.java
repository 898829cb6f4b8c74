package io.sightline.gateway.sql;

import io.sightline.gateway.ResultColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL calls the columns of a result that have no name of their own. Asks the statement as it was written. */
public final class ColumnNames {
    /** PostgreSQL's name for a column it has none for. */
    private static final String NONE = "?column?";

    private static final Map<String, String> TYPE_NAMES = Map.of(
            "INTEGER",
            "int4",
            "BIGINT",
            "int8",
            "SMALLINT",
            "int2",
            "DOUBLE",
            "float8",
            "REAL",
            "float4",
            "DECIMAL",
            "numeric",
            "BOOLEAN",
            "bool",
            "TIMESTAMP_TZ",
            "timestamptz",
            "CHAR",
            "bpchar");

    /** Null stands for a star. */
    private final List<@Nullable String> names;

    private ColumnNames(List<@Nullable String> names) {
        this.names = names;
    }

    /** Those of a statement that is not bridged yet. */
    public static ColumnNames of(SqlNode statement) {
        SqlNode query = statement;
        while (!(query instanceof SqlSelect)) {
            if (query instanceof SqlOrderBy ordered) {
                query = ordered.query;
            } else if (query instanceof SqlWith with) {
                query = with.body;
            } else if (query instanceof SqlCall call && call.getKind() == SqlKind.UNION) {
                query = call.operand(0);
            } else {
                return new ColumnNames(List.of());
            }
        }
        List<@Nullable String> names = new ArrayList<>();
        SqlNodeList items = ((SqlSelect) query).getSelectList();
        items.forEach(item -> names.add(item instanceof SqlIdentifier id && id.isStar() ? null : name(item)));
        return new ColumnNames(names);
    }

    /** The engine's columns under PostgreSQL's names. */
    public List<ResultColumn> rename(List<ResultColumn> columns) {
        long stars = names.stream().filter(name -> name == null).count();
        int ofStar = columns.size() - (int) (names.size() - stars);
        if (stars > 1 || (stars == 0 && ofStar != 0) || ofStar < 0) {
            return columns;
        }
        List<ResultColumn> renamed = new ArrayList<>();
        for (String name : names) {
            if (name == null) {
                renamed.addAll(columns.subList(renamed.size(), renamed.size() + ofStar));
            } else {
                renamed.add(new ResultColumn(name, columns.get(renamed.size()).type()));
            }
        }
        return renamed;
    }

    private static String name(SqlNode item) {
        if (item instanceof SqlIdentifier id) {
            String last = id.names.get(id.names.size() - 1);
            return SqlText.isKeyword(id) ? last.toLowerCase(Locale.ROOT) : last;
        }
        if (!(item instanceof SqlCall call)) {
            return NONE;
        }
        return switch (call.getKind()) {
            case AS -> name(call.operand(1));
            case CASE -> caseName(call);
            case CAST -> {
                String inner = name(call.operand(0));
                yield inner.equals(NONE) ? typeName(call.operand(1)) : inner;
            }
            case FILTER -> name(call.operand(0));
            case EXISTS -> "exists";
            case TRIM ->
                switch (String.valueOf(call.<SqlNode>operand(0))) {
                    case "LEADING" -> "ltrim";
                    case "TRAILING" -> "rtrim";
                    default -> "btrim";
                };
            default ->
                call.getOperator() instanceof SqlFunction function
                        ? function.getName().toLowerCase(Locale.ROOT)
                        : NONE;
        };
    }

    /** The name of what stands behind ELSE, if that has one. */
    private static String caseName(SqlCall call) {
        SqlNode otherwise = call.operand(3);
        String name = otherwise instanceof SqlIdentifier id ? name(id) : NONE;
        return name.equals(NONE) ? "case" : name;
    }

    private static String typeName(SqlNode type) {
        String name = type instanceof SqlDataTypeSpec spec ? String.valueOf(spec.getTypeName()) : "";
        return TYPE_NAMES.getOrDefault(name, name.toLowerCase(Locale.ROOT));
    }
}
