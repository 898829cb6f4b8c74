package io.sightline.gateway.access;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.ValueType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The relations of the grid at one moment, by the names people use. */
public final class Catalog {
    private final Map<String, LogicalRelation> relations = new LinkedHashMap<>();
    /** Made once for all statements of those who read the same; they live as long as this catalog. */
    private final Map<Reading, SqlGuard.Source> sources = new ConcurrentHashMap<>();

    private record Reading(String relation, Grant grant, Map<String, List<String>> claims) {}

    public Catalog(Collection<LogicalRelation> relations) {
        Map<String, LogicalRelation> byName = new TreeMap<>();
        relations.forEach(relation -> byName.put(relation.name(), relation));
        this.relations.putAll(byName);
    }

    /** By name. */
    public Collection<LogicalRelation> relations() {
        return relations.values();
    }

    @Nullable
    LogicalRelation find(String name) {
        return relations.get(name);
    }

    /** What a relation's name becomes for those who have this grant and these claims. */
    SqlGuard.Source source(
            LogicalRelation relation, Grant grant, Map<String, List<String>> claims, Supplier<SqlGuard.Source> make) {
        return sources.computeIfAbsent(new Reading(relation.name(), grant, claims), absent -> make.get());
    }

    /** Whether a column of this name is a timestamp with time zone in each of these relations that has one, and one has. */
    boolean isTime(String column, Collection<String> names) {
        Set<ValueType> types = names.stream()
                .map(relations::get)
                .flatMap(Stream::ofNullable)
                .flatMap(relation -> relation.columns().stream())
                .filter(candidate -> candidate.name().equals(column))
                .map(ResultColumn::type)
                .collect(Collectors.toSet());
        return types.equals(Set.of(ValueType.TIMESTAMP_WITH_TIME_ZONE));
    }
}
