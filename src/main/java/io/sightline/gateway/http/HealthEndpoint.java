package io.sightline.gateway.http;

import io.sightline.gateway.GridView;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code GET /health/ready}: 200 while a member answers and the job of every pipeline runs; else 503, and why not. For
 * probes, so anybody gets the answer; it tells of no rows.
 */
final class HealthEndpoint implements Endpoint {
    private static final String RUNNING = "RUNNING";

    private final GridView grid;

    HealthEndpoint(GridView grid) {
        this.grid = grid;
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        List<String> reasons = reasons();
        exchange.sendJson(reasons.isEmpty() ? 200 : 503, json -> {
            json.writeStartObject();
            json.writeStringField("status", reasons.isEmpty() ? "ready" : "not ready");
            json.writeArrayFieldStart("reasons");
            for (String reason : reasons) {
                json.writeString(reason);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private List<String> reasons() {
        if (!grid.isConnected()) {
            return List.of("no member of the grid answers");
        }
        List<PipelineSpec> pipelines = grid.pipelines();
        if (pipelines.isEmpty()) {
            return List.of("no pipeline was submitted");
        }
        List<String> reasons = new ArrayList<>();
        for (PipelineSpec pipeline : pipelines) {
            String status = grid.jobStatus(pipeline.name());
            if (!RUNNING.equals(status)) {
                reasons.add("the job " + pipeline.name() + (status == null ? " is not there" : " is " + status));
            }
        }
        return reasons;
    }
}
