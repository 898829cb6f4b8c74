package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sightline.gateway.GridView;
import io.sightline.grid.Standing;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /health/ready}: 200 while a member answers and the job of every pipeline runs; else 503, and why not. A broker or a
 * storage that is away is a warning beside it: people can still read, so a balancer must not turn them away. For
 * probes, so anybody gets the answer; it tells of no rows.
 */
final class HealthEndpoint implements Endpoint {
    private final GridView grid;
    private final Clock clock;

    HealthEndpoint(GridView grid, Clock clock) {
        this.grid = grid;
        this.clock = clock;
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        List<Standing> standings = grid.isConnected() ? grid.standings() : List.of();
        List<String> reasons = reasons(standings);
        List<String> warnings = standings.stream()
                .flatMap(standing -> standing.troubles(clock.instant()).stream())
                .toList();
        exchange.sendJson(reasons.isEmpty() ? 200 : 503, json -> {
            json.writeStartObject();
            json.writeStringField("status", reasons.isEmpty() ? "ready" : "not ready");
            write(json, "reasons", reasons);
            write(json, "warnings", warnings);
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private List<String> reasons(List<Standing> standings) {
        if (!grid.isConnected()) {
            return List.of("no member of the grid answers");
        }
        if (standings.isEmpty()) {
            return List.of("no pipeline was submitted");
        }
        return standings.stream()
                .filter(standing -> !standing.isStopped())
                .map(Standing::whyNotRunning)
                .flatMap(Optional::stream)
                .toList();
    }
}
