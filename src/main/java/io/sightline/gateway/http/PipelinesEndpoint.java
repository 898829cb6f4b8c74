package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sightline.gateway.GridView;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.access.Queries;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/pipelines}: what runs, as far as the asker may read of it: each pipeline's hot window, rollups and
 * reference data, with the columns that may be read. A relation that may not be read is not named.
 */
final class PipelinesEndpoint implements Endpoint {
    private final Queries queries;
    private final GridView grid;

    PipelinesEndpoint(Queries queries, GridView grid) {
        this.queries = queries;
        this.grid = grid;
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        Map<String, LogicalRelation> readable = queries.readable(exchange.principal()).stream()
                .collect(Collectors.toMap(LogicalRelation::name, Function.identity()));
        List<PipelineSpec> pipelines = grid.pipelines().stream()
                .filter(pipeline -> readable.containsKey(pipeline.name())
                        || pipeline.rollups().stream().anyMatch(rollup -> readable.containsKey(rollup.name())))
                .toList();
        exchange.sendJson(200, json -> {
            json.writeStartObject();
            json.writeStringField("user", exchange.principal().user());
            json.writeStringField("role", exchange.principal().role().name());
            json.writeArrayFieldStart("pipelines");
            for (PipelineSpec pipeline : pipelines) {
                write(json, pipeline, readable);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("relations");
            for (String relation : readable.keySet().stream().sorted().toList()) {
                json.writeString(relation);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void write(JsonGenerator json, PipelineSpec pipeline, Map<String, LogicalRelation> readable)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("pipeline", pipeline.name());
        json.writeStringField("job", grid.jobStatus(pipeline.name()));
        json.writeStringField("time", pipeline.event().schema().timeField());
        json.writeNumberField("horizon_ms", pipeline.deduplicate().horizon().toMillis());
        json.writeFieldName("hot_window");
        LogicalRelation hotWindow = readable.get(pipeline.name());
        if (hotWindow == null) {
            json.writeNull();
        } else {
            json.writeStartObject();
            json.writeNumberField("keep_ms", pipeline.hotWindow().keep().toMillis());
            json.writeBooleanField("history", pipeline.history() != null);
            writeColumns(json, hotWindow);
            json.writeEndObject();
        }
        json.writeArrayFieldStart("rollups");
        for (RollupSpec rollup : pipeline.rollups()) {
            write(json, rollup, readable.get(rollup.name()));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("references");
        for (EnrichSpec reference : pipeline.enrich()) {
            write(json, reference, readable.get(reference.reference()));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, RollupSpec rollup, @Nullable LogicalRelation relation)
            throws IOException {
        if (relation == null) {
            return;
        }
        json.writeStartObject();
        json.writeStringField("rollup", rollup.name());
        json.writeNumberField("window_ms", rollup.window().toMillis());
        json.writeNumberField("correct_for_ms", rollup.correctFor().toMillis());
        json.writeNumberField("keep_ms", rollup.keep().toMillis());
        json.writeArrayFieldStart("by");
        for (String column : rollup.by()) {
            json.writeString(column);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("measures");
        for (RollupSpec.Measure measure : rollup.measures()) {
            json.writeStartObject();
            json.writeStringField("name", measure.name());
            json.writeStringField("function", measure.function().name().toLowerCase(java.util.Locale.ROOT));
            json.writeEndObject();
        }
        json.writeEndArray();
        writeColumns(json, relation);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, EnrichSpec reference, @Nullable LogicalRelation relation)
            throws IOException {
        if (relation == null) {
            return;
        }
        json.writeStartObject();
        json.writeStringField("reference", reference.reference());
        json.writeStringField("key", reference.key());
        writeColumns(json, relation);
        json.writeEndObject();
    }

    private static void writeColumns(JsonGenerator json, LogicalRelation relation) throws IOException {
        json.writeFieldName("columns");
        JsonText.columns(json, relation.columns());
    }
}
