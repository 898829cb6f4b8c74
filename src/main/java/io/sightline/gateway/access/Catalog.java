package io.sightline.gateway.access;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.ValueType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The relations of the grid at one moment, by the names people use. */
public final class Catalog {
    private final Map<String, LogicalRelation> relations = new LinkedHashMap<>();

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
