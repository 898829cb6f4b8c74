package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.HotKey;
import io.sightline.event.imap.PipelineKey;
import io.sightline.grid.GridNames;
import io.sightline.grid.Relation;
import io.sightline.grid.Relation.KeyFormat;
import io.sightline.grid.SqlCatalog;
import io.sightline.grid.Submission;
import io.sightline.history.EventRows;
import io.sightline.redrive.imap.RedriveMarks;
import io.sightline.rollup.RollupColumns;
import io.sightline.rollup.imap.RollupKey;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What SQL can read: the relations of every grid, and those of one pipeline. */
public final class Relations {
    private Relations() {}

    /** Creates, on a member that has just started, the relations of every grid and those of all pipelines it knows. */
    public static void publish(HazelcastInstance member) {
        SqlCatalog.create(member, shared());
        SqlCatalog.createSharedViews(member);
        Map<String, PipelineSpec> known = member.getMap(GridNames.PIPELINES);
        Map<String, Submission> running = Submission.all(member);
        // Those that have ended first: one that runs may have a name that was theirs.
        known.values().stream()
                .sorted(Comparator.comparing(spec -> running.containsKey(spec.name())))
                .forEach(spec -> SqlCatalog.create(member, of(spec)));
    }

    /** Those of every grid, which all pipelines share. */
    public static List<Relation> shared() {
        KeyFormat text = KeyFormat.simple("varchar");
        KeyFormat origin = KeyFormat.ofClass(PipelineKey.class);
        return List.of(
                Relation.of(
                        GridNames.STATUS, text, StatusRows.STATUS_TYPE, StatusRows.STATUS_COLUMNS, "pipeline_status"),
                Relation.of(
                        GridNames.TOPIC_PARTITIONS,
                        text,
                        StatusRows.TOPIC_PARTITION_TYPE,
                        StatusRows.TOPIC_PARTITION_COLUMNS,
                        "topic_partitions"),
                Relation.of(GridNames.COUNTS, text, StatusRows.COUNT_TYPE, StatusRows.COUNT_COLUMNS, "pipeline_counts"),
                Relation.of(
                        GridNames.LATENCIES,
                        text,
                        StatusRows.LATENCY_TYPE,
                        StatusRows.LATENCY_COLUMNS,
                        "latency_histogram"),
                Relation.of(GridNames.HISTORY, text, HistoryStatus.TYPE_NAME, HistoryStatus.COLUMNS, "history_status"),
                Relation.of(GridNames.DUPLICATES, origin, LedgerRows.TYPE_NAME, LedgerRows.COLUMNS, "duplicates"),
                Relation.of(
                        GridNames.DEAD_LETTERS,
                        origin,
                        DeadLetterRows.TYPE_NAME,
                        DeadLetterRows.COLUMNS,
                        "dead_letters"),
                Relation.of(GridNames.REDRIVES, origin, RedriveMarks.TYPE_NAME, RedriveMarks.COLUMNS, "redrives"));
    }

    /** The shared relation over this map. */
    static Relation shared(String map) {
        return shared().stream()
                .filter(relation -> relation.map().equals(map))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no shared relation over " + map));
    }

    /** Those of one pipeline: its hot window, its rollups and its reference data. */
    public static List<Relation> of(PipelineSpec spec) {
        List<Relation> relations = new ArrayList<>();
        relations.add(hotWindow(spec));
        spec.rollups().forEach(rollup -> relations.add(rollup(spec, rollup)));
        spec.enrich().forEach(reference -> relations.add(reference(spec, reference)));
        return relations;
    }

    static Relation hotWindow(PipelineSpec spec) {
        return Relation.of(
                GridNames.hotWindow(spec.name()),
                KeyFormat.ofClass(HotKey.class),
                HotRows.typeName(spec),
                new EventRows(spec).columns(),
                spec.name());
    }

    static Relation rollup(PipelineSpec spec, RollupSpec rollup) {
        RollupColumns columns = RollupColumns.of(rollup, spec.enrichedColumns());
        return new Relation(
                GridNames.rollup(rollup.name()),
                KeyFormat.ofClass(RollupKey.class),
                GridNames.rollup(rollup.name()),
                columns.stored(),
                rollup.name(),
                columns.visible().stream().map(Column::name).toList());
    }

    private static Relation reference(PipelineSpec spec, EnrichSpec reference) {
        FieldType keyType = keyType(spec, reference);
        List<Column> columns = new ArrayList<>();
        columns.add(new Column(reference.key(), keyType));
        columns.addAll(reference.add());
        String map = GridNames.reference(reference.reference());
        return Relation.of(map, KeyFormat.simple(keyType.keyFormat()), map, columns, reference.reference());
    }

    /** The type of the event field that a reference is joined on. */
    static FieldType keyType(PipelineSpec spec, EnrichSpec reference) {
        var schema = spec.event().schema();
        return schema.fields().get(schema.indexOf(reference.key())).type();
    }
}
