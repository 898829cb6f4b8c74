package io.sightline.gateway.access;

import java.util.List;
import java.util.Random;

/** Statements from a grammar, most of them well formed: those of people, with pieces of those of people with intent. */
final class RandomStatements {
    private static final List<String> RELATIONS = List.of(
            "detections",
            "places",
            "public.detections",
            "\"detections\"",
            "DETECTIONS",
            "sightline.public.places",
            "detections",
            "places",
            "detections");
    private static final List<String> WRONG_RELATIONS = List.of(
            "hot_detections",
            "\"hot_detections\"",
            "hazelcast.public.hot_detections",
            "partitioned.hot_places",
            "information_schema.mappings",
            "nowhere",
            "TABLE(generate_series(1, 2))",
            "(TABLE detections)",
            "UNNEST(ARRAY[1])");
    private static final List<String> COLUMNS =
            List.of("site", "item", "lane", "total", "confidence", "wet", "event_time", "price");
    private static final List<String> WRONG_COLUMNS =
            List.of("camera_id", "__key", "this", "note", "hot_detections.site");
    private static final List<String> COMPARISONS = List.of("=", "<>", "<", ">", ">=", "<=");
    private static final List<String> FUNCTIONS =
            List.of("UPPER", "LOWER", "MAX", "MIN", "COUNT", "SUM", "ABS", "LENGTH", "rand", "get_ddl");
    private static final List<String> LITERALS = List.of(
            "1",
            "0",
            "-3",
            "2.5",
            "1e3",
            "'Reading'",
            "'x'' OR 1=1 --'",
            "TRUE",
            "NULL",
            "DATE '2026-03-14'",
            "TIMESTAMP '2026-03-14 09:00:00'",
            "INTERVAL '1' DAY",
            "'日本'");

    private final Random random;
    private int aliases;

    RandomStatements(long seed) {
        this.random = new Random(seed);
    }

    String next() {
        aliases = 0;
        String query = query(3);
        return switch (random.nextInt(60)) {
            case 0 -> "TABLE " + one(RELATIONS);
            case 1 -> "EXPLAIN PLAN FOR " + query;
            case 2 -> "DELETE FROM detections WHERE EXISTS (" + query + ")";
            case 3 -> "INSERT INTO detections " + query;
            case 4 -> mangled(query);
            default -> query;
        };
    }

    private String query(int depth) {
        String query = select(depth);
        if (depth > 0 && oneIn(6)) {
            query = query + one(List.of(" UNION ", " UNION ALL ", " UNION ALL ", " EXCEPT ")) + select(depth - 1);
        }
        if (oneIn(4)) {
            query += " ORDER BY " + one(List.of("1", column(), expression(0))) + one(List.of("", " DESC"));
        }
        return oneIn(3) ? query + " LIMIT " + random.nextInt(20) : query;
    }

    private String select(int depth) {
        StringBuilder select = new StringBuilder("SELECT ");
        if (oneIn(8)) {
            select.append("DISTINCT ");
        }
        int items = 1 + random.nextInt(3);
        for (int i = 0; i < items; i++) {
            select.append(i == 0 ? "" : ", ").append(item(depth));
        }
        select.append(" FROM ").append(source(depth));
        if (oneIn(2)) {
            select.append(" WHERE ").append(condition(depth));
        }
        if (oneIn(6)) {
            select.append(" GROUP BY ").append(column());
        }
        return select.toString();
    }

    private String item(int depth) {
        return switch (random.nextInt(8)) {
            case 0 -> "*";
            case 1 -> "COUNT(*)";
            case 2 -> expression(depth) + " AS " + one(List.of("x", "site", "\"hot_x\"", "detections", "\"a b\""));
            default -> expression(depth);
        };
    }

    private String source(int depth) {
        int kind = random.nextInt(12);
        if (kind == 0 && depth > 0) {
            return source(depth - 1) + joined(depth - 1);
        }
        if (kind == 1 && depth > 0) {
            return source(depth - 1) + one(List.of(", ", " CROSS JOIN ", " NATURAL JOIN ")) + leaf(depth - 1);
        }
        return leaf(depth);
    }

    /** With a condition; what is joined may be a join with a condition itself, but no list. */
    private String joined(int depth) {
        String inner = depth > 0 && oneIn(6) ? joined(depth - 1) : "";
        return one(List.of(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ")) + leaf(depth) + inner + " ON "
                + condition(0);
    }

    private String leaf(int depth) {
        if (depth > 0 && oneIn(4)) {
            return "(" + query(depth - 1) + ") AS " + alias();
        }
        String relation = oneIn(20) ? one(WRONG_RELATIONS) : one(RELATIONS);
        return oneIn(2)
                ? relation
                : relation + " AS " + (oneIn(5) ? one(List.of("places", "detections", "hot_detections")) : alias());
    }

    private String condition(int depth) {
        return switch (random.nextInt(12)) {
            case 0 -> condition(Math.max(0, depth - 1)) + " OR 1 = 1";
            case 1 -> "NOT (" + condition(Math.max(0, depth - 1)) + ")";
            case 2 -> column() + " IN (" + one(LITERALS) + ", 'hush')";
            case 3 -> depth == 0 ? "TRUE" : one(List.of("", "NOT ")) + "EXISTS (" + query(depth - 1) + ")";
            case 4 -> depth == 0 ? "1 = 1" : column() + " IN (" + query(depth - 1) + ")";
            case 5 -> column() + " BETWEEN " + one(LITERALS) + " AND " + one(LITERALS);
            case 6 -> column() + one(List.of(" IS NULL", " IS NOT NULL", " LIKE '%'"));
            case 7 -> condition(Math.max(0, depth - 1)) + " AND " + condition(0);
            default -> expression(depth) + " " + one(COMPARISONS) + " " + expression(0);
        };
    }

    private String expression(int depth) {
        return switch (random.nextInt(10)) {
            case 0 -> one(LITERALS);
            case 1 -> one(FUNCTIONS) + "(" + column() + ")";
            case 2 -> "CAST(" + column() + " AS " + one(List.of("VARCHAR", "BIGINT", "DOUBLE", "OBJECT")) + ")";
            case 3 -> "CASE WHEN " + condition(0) + " THEN " + column() + " ELSE " + one(LITERALS) + " END";
            case 4 -> "(" + column() + one(List.of(" + ", " - ", " * ", " || ", " / ")) + one(LITERALS) + ")";
            case 5 -> depth > 0 && oneIn(4) ? "(" + query(depth - 1) + ")" : column();
            default -> column();
        };
    }

    private String column() {
        return oneIn(30) ? one(WRONG_COLUMNS) : one(COLUMNS);
    }

    private String alias() {
        return "t" + aliases++;
    }

    /** Two characters swapped, one dropped or one doubled. */
    private String mangled(String text) {
        int at = random.nextInt(text.length() - 1);
        return switch (random.nextInt(3)) {
            case 0 -> text.substring(0, at) + text.substring(at + 1);
            case 1 -> text.substring(0, at + 1) + text.substring(at);
            default -> text.substring(0, at) + text.charAt(at + 1) + text.charAt(at) + text.substring(at + 2);
        };
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
