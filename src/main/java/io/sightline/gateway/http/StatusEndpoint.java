package io.sightline.gateway.http;

import io.sightline.gateway.GridView;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/status}: a row of {@code pipeline_status} for each pipeline, with the state of its job. */
final class StatusEndpoint implements Endpoint {
    private final Statements statements;
    private final GridView grid;

    StatusEndpoint(Statements statements, GridView grid) {
        this.statements = statements;
        this.grid = grid;
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        Statements.Result status = statements.status(exchange.caller());
        exchange.sendJson(200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("pipelines");
            for (@Nullable Object[] row : status.rows()) {
                json.writeStartObject();
                JsonText.object(json, status.columns(), row);
                json.writeStringField("job", grid.jobStatus(String.valueOf(row[status.index("pipeline")])));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
