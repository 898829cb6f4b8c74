package io.sightline.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.observe.AlertRules.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertRulesTest {
    private static final Path RUNBOOK = Path.of("docs", "runbook.md");
    private static final Pattern NAME = Pattern.compile("\\bsightline_[a-z0-9_]+");

    static Stream<Rule> rules() {
        return AlertRules.all().stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyAlertHasASectionThatSaysWhatItMeansHowToLookAndWhatToDo(Rule rule) throws IOException {
        String heading = "\n## " + rule.alert() + "\n";
        String runbook = Files.readString(RUNBOOK);

        assertThat(runbook).contains(heading);
        String section = runbook.substring(runbook.indexOf(heading) + heading.length())
                .split("\n## ", 2)[0]
                .replace('\n', ' ');
        assertThat(section).contains(rule.summary(), "**Means.** ", "**Look.** ", "**Do.** ");
        assertThat(rule.runbook()).isEqualTo("docs/runbook.md#" + rule.alert().toLowerCase(Locale.ROOT));
        assertThat(rule.severity()).isIn("critical", "warning");
    }

    @Test
    void everySectionIsThatOfAnAlert() throws IOException {
        List<String> sections = Files.readString(RUNBOOK)
                .lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring("## ".length()))
                .toList();

        assertThat(sections).containsExactlyElementsOf(rules().map(Rule::alert).toList());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyMetricOfAnAlertIsInTheCatalogue(Rule rule) {
        assertThat(AlertRules.metrics(rule))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(Metric.ofName(name)).as(name).isPresent());
    }

    @Test
    void everyMetricThatDashboardsAndDocumentsNameIsInTheCatalogue() throws IOException {
        for (Path root : List.of(Path.of("dashboards"), Path.of("docs"), Path.of("README.md"))) {
            for (Path file : files(root)) {
                NAME.matcher(Files.readString(file))
                        .results()
                        .forEach(name -> assertThat(Metric.ofName(name.group()))
                                .as("%s names %s", file, name.group())
                                .isPresent());
            }
        }
    }

    /** All but those of Power BI, which reads the table and no metric, and pictures. */
    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".png"))
                    .filter(file -> !file.startsWith(Path.of("dashboards", "powerbi")))
                    .toList();
        }
    }

    @Test
    void theSmallEvaluatorUnderstandsWhatTheRulesUse() {
        String earlier = """
                sightline_dead_letters_total{pipeline="a"} 10
                sightline_records_total{pipeline="a"} 100
                sightline_heap_max_bytes 1
                """;
        String later = """
                # TYPE sightline_dead_letters_total counter
                sightline_dead_letters_total{pipeline="a"} 30
                sightline_records_total{pipeline="a"} 200
                sightline_heap_max_bytes 1
                sightline_job_running{pipeline="a"} 1
                sightline_job_running{pipeline="b"} 0
                """;

        assertThat(AlertRules.firing(earlier, later)).containsExactly("SightlineDeadLetters", "SightlineJobNotRunning");
        assertThat(AlertRules.firing(later, later)).containsExactly("SightlineJobNotRunning");
        assertThat(AlertRules.firing("", "")).containsExactly("SightlineSilent");
    }
}
