package io.sightline.gateway.access;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
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
}
