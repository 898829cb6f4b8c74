package io.sightline.gateway.http;

import io.sightline.gateway.GridView;
import io.sightline.gateway.ResultColumn;
import io.sightline.grid.ProcessMetrics;
import io.sightline.grid.Standing;
import io.sightline.observe.Metric;
import io.sightline.observe.MetricsText;
import io.sightline.observe.ObservedRows;
import io.sightline.observe.PipelineMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** {@code GET /metrics}: what the caller may read of the pipelines, and what this gateway knows of itself. */
final class MetricsEndpoint implements Endpoint {
    private final Statements statements;
    private final GridView grid;
    private final HttpMetrics metrics;
    private final IntSupplier streams;
    private final Clock clock;

    /** @param streams how many event streams are open */
    MetricsEndpoint(Statements statements, GridView grid, HttpMetrics metrics, IntSupplier streams, Clock clock) {
        this.statements = statements;
        this.grid = grid;
        this.metrics = metrics;
        this.streams = streams;
        this.clock = clock;
    }

    @Override
    public void serve(Exchange exchange) {
        MetricsText text = new MetricsText();
        Set<String> stopped = Standing.addTo(text, visible(exchange));
        PipelineMetrics.add(text, relation -> read(exchange, relation), stopped::contains, clock.instant());
        ProcessMetrics.add(text);
        metrics.requests().forEach((code, count) -> text.add(Metric.HTTP_REQUESTS, count, String.valueOf(code)));
        text.add(Metric.HTTP_EVENT_STREAMS, streams.getAsInt());
        text.add(Metric.HTTP_EVENT_FRAMES_SKIPPED, metrics.framesSkipped());
        exchange.sendText(MetricsText.CONTENT_TYPE, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private ObservedRows read(Exchange exchange, String relation) {
        if (!statements.canRead(exchange.principal(), relation)) {
            return ObservedRows.NONE;
        }
        Statements.Result result = statements.read(exchange.caller(), "SELECT * FROM " + relation);
        return new ObservedRows(
                result.columns().stream().map(ResultColumn::name).toList(), result.rows());
    }

    /** How those pipelines are doing whose status the caller may read. */
    private List<Standing> visible(Exchange exchange) {
        Statements.Result status = statements.status(exchange.caller());
        int name = status.index("pipeline");
        Set<String> visible = status.rows().stream()
                .map(row -> name < 0 ? "" : String.valueOf(row[name]))
                .collect(Collectors.toSet());
        return grid.standings().stream()
                .filter(standing -> visible.contains(standing.pipeline()))
                .toList();
    }
}
