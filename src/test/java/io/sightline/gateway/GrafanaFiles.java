package io.sightline.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files in {@code dashboards/grafana}, as Grafana reads them. */
final class GrafanaFiles {
    private static final Path FOLDER = Path.of("dashboards", "grafana");
    private static final ObjectMapper JSON = new ObjectMapper();

    private GrafanaFiles() {}

    /** A dashboard of a file. */
    record Dashboard(Path file, JsonNode json) {
        String uid() {
            return json.path("uid").asText();
        }

        List<Variable> variables() {
            List<Variable> variables = new ArrayList<>();
            for (JsonNode variable : json.path("templating").path("list")) {
                variables.add(new Variable(
                        variable.path("name").asText(),
                        variable.path("query").asText(),
                        variable.path("includeAll").asBoolean()));
            }
            return variables;
        }

        List<Panel> panels() {
            List<Panel> panels = new ArrayList<>();
            for (JsonNode panel : json.path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    panels.add(new Panel(
                            uid(),
                            panel.path("title").asText(),
                            panel.path("type").asText(),
                            target.path("format").asText(),
                            target.path("rawSql").asText()));
                }
            }
            return panels;
        }
    }

    /**
     * A variable of a dashboard.
     *
     * @param isList whether all of its values are chosen at once
     */
    record Variable(String name, String sql, boolean isList) {}

    /**
     * One query of a panel.
     *
     * @param type as Grafana names kinds of panels
     * @param format {@code table} or {@code time_series}
     */
    record Panel(String dashboard, String title, String type, String format, String sql) {
        @Override
        public String toString() {
            return dashboard + ": " + title;
        }
    }

    /** The query of an alert rule, and the rule. */
    record Alert(String title, String sql, JsonNode rule) {
        @Override
        public String toString() {
            return title;
        }
    }

    static List<Dashboard> dashboards() throws IOException {
        List<Dashboard> dashboards = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER.resolve("dashboards"))) {
            for (Path file : files.sorted().toList()) {
                dashboards.add(new Dashboard(file, JSON.readTree(file.toFile())));
            }
        }
        return dashboards;
    }

    static List<Alert> alerts() throws IOException {
        List<Alert> alerts = new ArrayList<>();
        for (JsonNode group : provisioned("alerting").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                alerts.add(new Alert(
                        rule.path("title").asText(),
                        rule.path("data").path(0).path("model").path("rawSql").asText(),
                        rule));
            }
        }
        return alerts;
    }

    /** The file of this kind of provisioning. */
    static JsonNode provisioned(String kind) throws IOException {
        try (Reader file = Files.newBufferedReader(
                FOLDER.resolve("provisioning").resolve(kind).resolve("sightline.yaml"))) {
            return JSON.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(file));
        }
    }
}
