package io.sightline.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.Edge.RoutingPolicy;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.Vertex;
import com.hazelcast.jet.core.processor.Processors;
import io.sightline.history.ProgressVector;
import io.sightline.history.jet.HistoryTable;
import io.sightline.observe.Counts;
import io.sightline.spec.KeptFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopologyTest {
    private static final Path README = Path.of("README.md");
    private static final Pattern ONLY_IN_PRODUCTION = Pattern.compile("refresh-references|history|commit|care");
    private static final Pattern DIAGRAM = Pattern.compile("(?s)(<!-- topology -->\n).*?(<!-- /topology -->\n)");

    @Test
    void theReadmeShowsTheJobAsItIsBuilt() throws IOException {
        // Given
        String readme = Files.readString(README);
        String diagram = "```mermaid\n" + TopologyDiagram.of(job(Detections.spec(), true)) + "```\n";

        // When
        Matcher shown = DIAGRAM.matcher(readme);

        // Then
        assertThat(shown.find()).as("README.md has its markers").isTrue();
        KeptFile.assertInStep(README, shown.replaceFirst("$1" + Matcher.quoteReplacement(diagram) + "$2"));
    }

    @Test
    void itemsMoveBetweenMembersOnlyByIdByGroupToTheStatusAndToTheCommitter() {
        for (Edge edge : edges(job(Detections.spec(), true))) {
            boolean mayMove = edge.getDestName().equals("deduplicate")
                    || edge.getDestName().startsWith("rollup-")
                    || edge.getDestName().equals("status")
                    || edge.getDestName().startsWith("commit");
            assertThat(edge.isDistributed()).as(edge.toString()).isEqualTo(mayMove);
            // One writer a member takes from all that enrich there; what the history gets needs no order.
            RoutingPolicy stays =
                    edge.getDestName().startsWith("history") ? RoutingPolicy.UNICAST : RoutingPolicy.ISOLATED;
            assertThat(edge.getRoutingPolicy())
                    .as(edge.toString())
                    .isEqualTo(mayMove ? RoutingPolicy.PARTITIONED : stays);
        }
    }

    @Test
    void everyStepButTheSourceReportsToTheStatus() {
        // Given
        DAG dag = job(Detections.spec(), true);

        // When
        List<String> reporting = edges(dag).stream()
                .filter(edge -> edge.getDestName().equals("status"))
                .map(Edge::getSourceName)
                .toList();

        // Then
        List<String> steps = new ArrayList<>();
        dag.forEach(vertex -> steps.add(vertex.getName()));
        steps.removeAll(List.of("read", "status"));
        steps.removeIf(step -> ONLY_IN_PRODUCTION.matcher(step).find());
        assertThat(reporting).containsExactlyInAnyOrderElementsOf(steps);
    }

    @Test
    void theJobOverARecordedFileIsTheSameButForTheRefreshOfReferencesAndTheHistory() {
        // Given
        PipelineSpec spec = Detections.spec();

        // When
        List<String> recorded = lines(job(spec, false));
        List<String> endless = lines(job(spec, true));

        // Then
        assertThat(endless)
                .filteredOn(line -> !ONLY_IN_PRODUCTION.matcher(line).find())
                .containsExactlyInAnyOrderElementsOf(recorded);
        assertThat(endless).hasSizeGreaterThan(recorded.size());
    }

    private static List<String> lines(DAG dag) {
        return TopologyDiagram.of(dag).lines().toList();
    }

    private static DAG job(PipelineSpec spec, boolean endless) {
        ProcessorMetaSupplier source = ProcessorMetaSupplier.of(Processors.noopP());
        return Topology.of(
                spec,
                1,
                new Topology.Ends(
                        source, 2, endless, null, HotRows.writer(spec, null), endless ? history(spec) : null));
    }

    private static StartPlan history(PipelineSpec spec) {
        Map<String, ProgressVector> at = HistoryBranch.tables(spec).stream()
                .collect(Collectors.toMap(HistoryTable::name, table -> ProgressVector.NONE));
        return new StartPlan(spec, at, new TreeMap<>(), new Counts(), 0, Map.of());
    }

    private static List<Edge> edges(DAG dag) {
        List<Edge> edges = new ArrayList<>();
        for (Vertex vertex : dag) {
            edges.addAll(dag.getOutboundEdges(vertex.getName()));
        }
        return edges;
    }
}
