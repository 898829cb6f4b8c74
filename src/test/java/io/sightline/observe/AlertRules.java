package io.sightline.observe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * The project's rules for Prometheus, and as much of its language as they keep to:
 *
 * <pre>
 * rule    = "absent(" NAME ")" | operand ["/" operand] ("&lt;" | "&gt;") NUMBER
 * operand = ("max" | "min") ["by (" LABEL ")"] "(" (NAME | "increase(" NAME "[10m])") ")"
 * </pre>
 *
 * What a rule's {@code for} waits for is not looked at.
 */
public final class AlertRules {
    public static final Path FILE = Path.of("dashboards", "prometheus", "sightline-alerts.yaml");

    private static final String OPERAND =
            "(?<%1$sof>max|min)(?: by \\((?<%1$sby>\\w+)\\) |)\\((?<%1$sinc>increase\\()?(?<%1$sname>\\w+)(?:\\[10m\\]\\))?\\)";
    private static final Pattern ABSENT = Pattern.compile("absent\\((?<name>\\w+)\\)");
    private static final Pattern COMPARED = Pattern.compile(
            OPERAND.formatted("a") + "(?: / " + OPERAND.formatted("b") + ")? (?<than>[<>]) (?<number>[0-9.]+)");
    private static final Pattern SAMPLE = Pattern.compile("(?<name>\\w+)(?:\\{(?<labels>.*)\\})? (?<value>\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** One of the file. */
    public record Rule(String alert, String expr, String severity, String summary, String runbook) {}

    private record Sample(String name, Map<String, String> labels, double value) {}

    private AlertRules() {}

    /** All of the file, in its order. */
    public static List<Rule> all() {
        try {
            Map<String, Object> file = new Yaml().load(Files.readString(FILE));
            List<Rule> rules = new ArrayList<>();
            for (Object group : (List<?>) requireNonNull(file.get("groups"))) {
                for (Object rule : (List<?>) requireNonNull(((Map<?, ?>) group).get("rules"))) {
                    Map<?, ?> fields = (Map<?, ?>) rule;
                    Map<?, ?> annotations = (Map<?, ?>) requireNonNull(fields.get("annotations"));
                    rules.add(new Rule(
                            String.valueOf(fields.get("alert")),
                            String.valueOf(fields.get("expr")).strip(),
                            String.valueOf(((Map<?, ?>) requireNonNull(fields.get("labels"))).get("severity")),
                            String.valueOf(annotations.get("summary")).strip(),
                            String.valueOf(annotations.get("runbook"))));
                }
            }
            return rules;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The alerts that fire.
     *
     * @param earlier what was scraped a while ago
     * @param later what was scraped now, of the same process
     */
    public static Set<String> firing(String earlier, String later) {
        return all().stream()
                .filter(rule -> fires(rule.expr(), samples(earlier), samples(later)))
                .map(Rule::alert)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names that a rule speaks of. */
    public static List<String> metrics(Rule rule) {
        Matcher absent = ABSENT.matcher(rule.expr());
        if (absent.matches()) {
            return List.of(absent.group("name"));
        }
        Matcher compared = compared(rule.expr());
        String second = compared.group("bname");
        return second == null ? List.of(compared.group("aname")) : List.of(compared.group("aname"), second);
    }

    private static boolean fires(String expr, List<Sample> earlier, List<Sample> later) {
        Matcher absent = ABSENT.matcher(expr);
        if (absent.matches()) {
            return later.stream().noneMatch(sample -> sample.name().equals(absent.group("name")));
        }
        Matcher rule = compared(expr);
        Map<String, Double> values = operand(rule, "a", earlier, later);
        if (rule.group("bname") != null) {
            Map<String, Double> divisors = operand(rule, "b", earlier, later);
            values.keySet().retainAll(divisors.keySet());
            values.replaceAll((group, value) -> value / requireNonNull(divisors.get(group)));
        }
        double number = Double.parseDouble(rule.group("number"));
        boolean below = rule.group("than").equals("<");
        return values.values().stream().anyMatch(value -> below ? value < number : value > number);
    }

    private static Matcher compared(String expr) {
        Matcher rule = COMPARED.matcher(expr);
        assertThat(rule.matches()).as("the tests understand: %s", expr).isTrue();
        return rule;
    }

    /** By the value of the label that is grouped by. */
    private static Map<String, Double> operand(Matcher rule, String which, List<Sample> earlier, List<Sample> later) {
        String name = rule.group(which + "name");
        @Nullable String by = rule.group(which + "by");
        boolean increase = rule.group(which + "inc") != null;
        BinaryOperator<Double> aggregate = rule.group(which + "of").equals("max") ? Math::max : Math::min;
        Map<String, Double> values = new HashMap<>();
        for (Sample sample : later) {
            if (!sample.name().equals(name)) {
                continue;
            }
            double value = sample.value();
            if (increase) {
                double before = earlier.stream()
                        .filter(old -> old.name().equals(name) && old.labels().equals(sample.labels()))
                        .mapToDouble(Sample::value)
                        .findFirst()
                        .orElse(value);
                value = value < before ? value : value - before;
            }
            values.merge(by == null ? "" : sample.labels().getOrDefault(by, ""), value, aggregate);
        }
        return values;
    }

    private static List<Sample> samples(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> {
                    Matcher sample = SAMPLE.matcher(line);
                    assertThat(sample.matches()).as("a sample: %s", line).isTrue();
                    Map<String, String> labels = new HashMap<>();
                    String list = sample.group("labels");
                    Matcher label = LABEL.matcher(list == null ? "" : list);
                    while (label.find()) {
                        labels.put(label.group(1), label.group(2));
                    }
                    return new Sample(sample.group("name"), labels, Double.parseDouble(sample.group("value")));
                })
                .toList();
    }
}
