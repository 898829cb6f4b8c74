package io.sightline.pipeline;

import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.Vertex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A job's graph as a Mermaid flowchart: an arrow between neighbours, a thick one where items may move to another member,
 * a dotted one for reports to the status.
 */
final class TopologyDiagram {
    private static final String STATUS = "status";

    private TopologyDiagram() {}

    static String of(DAG dag) {
        List<Vertex> vertices = inOrder(dag);
        StringBuilder diagram = new StringBuilder("flowchart LR\n");
        for (Vertex vertex : vertices) {
            diagram.append("    %s\n".formatted(box(vertex.getName())));
        }
        for (Vertex vertex : vertices) {
            for (Edge edge : dag.getOutboundEdges(vertex.getName())) {
                diagram.append("    %s %s %s\n".formatted(edge.getSourceName(), arrow(edge), edge.getDestName()));
            }
        }
        return diagram.toString();
    }

    /** By the longest way from a source, then by name: Jet's own order is another in every process. */
    private static List<Vertex> inOrder(DAG dag) {
        Map<String, Integer> depths = new HashMap<>();
        List<Vertex> vertices = new ArrayList<>();
        for (Vertex vertex : dag) {
            int depth = dag.getInboundEdges(vertex.getName()).stream()
                    .mapToInt(edge -> 1 + depths.getOrDefault(edge.getSourceName(), 0))
                    .max()
                    .orElse(0);
            depths.put(vertex.getName(), depth);
            vertices.add(vertex);
        }
        vertices.sort(Comparator.comparing((Vertex vertex) -> depths.getOrDefault(vertex.getName(), 0))
                .thenComparing(Vertex::getName));
        return vertices;
    }

    private static String box(String vertex) {
        return vertex.equals(STATUS) ? vertex + "([" + vertex + "])" : vertex + "[" + vertex + "]";
    }

    private static String arrow(Edge edge) {
        if (edge.getDestName().equals(STATUS)) {
            return "-.->";
        }
        return edge.isDistributed() ? "==>" : "-->";
    }
}
