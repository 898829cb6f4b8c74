package io.sightline;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The rules that hold the packages apart, for everything below one root package.
 *
 * <p>A <em>part</em> is a package directly below the root, with all below it. A part of the core is plain Java, except for
 * its <em>adapters</em>: subpackages named after the framework they know, such as {@code dedupe.imap}.
 *
 * @param root the package that the parts are in: the project's own, or that of the examples which break every rule
 */
record Architecture(String root) {
    private static final Set<String> VOCABULARY = Set.of("event", "observe");
    private static final Set<String> STAGES =
            Set.of("decode", "dedupe", "enrich", "rollup", "history", "redrive", "source");
    private static final Set<String> JOB = union(union(VOCABULARY, STAGES), Set.of("spec"));

    /** Part to the parts it may know. Arrows point inward; a part that is missing here has no place yet. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            entry("cli", union(JOB, Set.of("pipeline", "gateway", "grid", "demo"))),
            entry("demo", union(JOB, Set.of("pipeline", "gateway", "grid"))),
            entry("pipeline", union(JOB, Set.of("grid"))),
            entry("gateway", union(JOB, Set.of("grid"))),
            entry("grid", JOB),
            entry("decode", union(VOCABULARY, Set.of("spec"))),
            entry("dedupe", union(VOCABULARY, Set.of("spec"))),
            entry("enrich", union(VOCABULARY, Set.of("spec"))),
            entry("rollup", union(VOCABULARY, Set.of("spec"))),
            entry("history", union(VOCABULARY, Set.of("spec"))),
            entry("redrive", VOCABULARY),
            entry("source", union(VOCABULARY, Set.of("spec", "redrive"))),
            entry("spec", VOCABULARY),
            entry("observe", Set.of("event")),
            entry("event", Set.of()));

    private static final Set<String> CORE =
            Set.of("event", "spec", "decode", "dedupe", "enrich", "rollup", "history", "redrive", "observe");
    private static final Set<String> ADAPTERS = Set.of("imap", "jet", "delta", "hadoop", "logback");

    /** All that the core may know: a framework that is not named here is refused without being thought of. */
    private static final String[] PLAIN = {
        "java..", "org.jspecify.annotations", "com.fasterxml.jackson..", "org.yaml.snakeyaml..", "org.slf4j.."
    };

    /** The edges, where a clock is read once and handed on. */
    private static final List<String> READS_THE_CLOCK = List.of("cli", "demo", "gateway", "grid", "pipeline", "source");

    private static final List<String> KNOWS_KAFKA = List.of("cli", "demo", "source");

    Stream<ArchRule> rules() {
        return Stream.of(
                arrowsPointInward(),
                packagesHaveNoCycles(),
                coreIsPlainJava(),
                coreDoesNotKnowItsAdapters(),
                onlyTheCommandLineKnowsPicocli(),
                onlyTheEdgeKnowsKafka(),
                onlyTheTableKnowsDelta(),
                onlyProgramsPrintAndExit(),
                timeIsPassedIn(),
                packagesAreNullMarked(),
                namesSayWhatAThingIs());
    }

    ArchRule arrowsPointInward() {
        return classes()
                .that(areOurs())
                .should(new ArchCondition<>("follow the arrows") {
                    @Override
                    public void check(JavaClass from, ConditionEvents events) {
                        Set<String> known = ARROWS.get(part(from));
                        if (known == null) {
                            events.add(violated(from, from.getName() + " is in no part that has arrows"));
                            return;
                        }
                        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                            JavaClass to = dependency.getTargetClass().getBaseComponentType();
                            if (isOurs(to) && !part(to).equals(part(from)) && !known.contains(part(to))) {
                                events.add(violated(dependency, dependency.getDescription()));
                            }
                        }
                    }
                })
                .as("a part knows only the parts that its arrows point to");
    }

    ArchRule packagesHaveNoCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().as("packages have no cycles");
    }

    ArchRule coreIsPlainJava() {
        String[] allowed =
                Stream.concat(Stream.of(PLAIN), Stream.of(root + "..")).toArray(String[]::new);
        return classes()
                .that(arePlain())
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed)
                .as("the core is plain Java: it knows " + String.join(", ", PLAIN));
    }

    ArchRule coreDoesNotKnowItsAdapters() {
        return noClasses()
                .that(arePlain())
                .should()
                .dependOnClassesThat(are("adapters", this::isAdapter))
                .as("the core does not know its adapters");
    }

    ArchRule onlyTheCommandLineKnowsPicocli() {
        return noClasses()
                .that(are("outside cli", c -> !part(c).equals("cli")))
                .should()
                .dependOnClassesThat(resideInAPackage("picocli.."))
                .as("only the command line knows picocli");
    }

    ArchRule onlyTheEdgeKnowsKafka() {
        return noClasses()
                .that(are("not at the edge", c -> !KNOWS_KAFKA.contains(part(c))))
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.kafka.."))
                .as("only " + KNOWS_KAFKA + " know Kafka");
    }

    ArchRule onlyTheTableKnowsDelta() {
        return noClasses()
                .that(are("outside history.delta", c -> !c.getPackageName().equals(root + ".history.delta")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.delta..", "org.apache.parquet.."))
                .as("only history.delta knows Delta and Parquet");
    }

    ArchRule onlyProgramsPrintAndExit() {
        return noClasses()
                .that(are("neither in cli nor a program", c -> !part(c).equals("cli") && !isProgram(c)))
                .should()
                .accessTargetWhere(describe(
                        "prints or ends the JVM",
                        access -> is(access, System.class, "out", "err", "exit")
                                || is(access, Runtime.class, "exit", "halt")
                                || (is(access, "printStackTrace") && takesNothing(access))))
                .as("only cli, and what has a main method, prints or ends the JVM");
    }

    ArchRule timeIsPassedIn() {
        return noClasses()
                .that(are("not at an edge", c -> !READS_THE_CLOCK.contains(part(c))))
                .should()
                .accessTargetWhere(describe(
                        "reads the clock",
                        access -> is(access, System.class, "currentTimeMillis")
                                || (is(access, Clock.class, "systemUTC", "systemDefaultZone", "system")
                                        && !isAdapter(access.getOriginOwner()))
                                || (is(access, Date.class, "<init>") && takesNothing(access))
                                || (access.getTargetOwner().getPackageName().equals("java.time")
                                        && is(access, "now")
                                        && takesNothing(access))))
                .as("time is passed in: only " + READS_THE_CLOCK + " read the clock, and adapters may hand one on");
    }

    ArchRule packagesAreNullMarked() {
        return classes()
                .that(areOurs())
                .should(new ArchCondition<>("be in a package that is @NullMarked") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        if (!item.getPackage().isAnnotatedWith(NullMarked.class)) {
                            events.add(violated(item, item.getName() + ": its package-info.java is not @NullMarked"));
                        }
                    }
                })
                .as("every package is @NullMarked");
    }

    ArchRule namesSayWhatAThingIs() {
        return noClasses()
                .that(areOurs())
                .should()
                .haveNameMatching(".*(Manager|Helper|Utils?|Impl)(\\$.*)?")
                .as("a name says what a thing is: nothing is a Manager, Helper, Utils or Impl");
    }

    private boolean isOurs(JavaClass c) {
        return c.getPackageName().equals(root) || c.getPackageName().startsWith(root + ".");
    }

    /** The first word below the root; empty for the root itself. */
    private String part(JavaClass c) {
        String below = c.getPackageName().substring(root.length());
        return below.isEmpty() ? "" : below.split("\\.", -1)[1];
    }

    private boolean isAdapter(JavaClass c) {
        String name = c.getPackageName();
        return isOurs(c) && ADAPTERS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private DescribedPredicate<JavaClass> areOurs() {
        return describe("below " + root, this::isOurs);
    }

    private DescribedPredicate<JavaClass> arePlain() {
        return are("in the core", c -> CORE.contains(part(c)) && !isAdapter(c));
    }

    private DescribedPredicate<JavaClass> are(String description, Predicate<JavaClass> test) {
        return describe(description, c -> isOurs(c) && test.test(c));
    }

    private static boolean isProgram(JavaClass c) {
        JavaClass outermost = c;
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost.tryGetMethod("main", String[].class).isPresent();
    }

    private static boolean is(JavaAccess<?> access, Class<?> owner, String... names) {
        return access.getTargetOwner().isEquivalentTo(owner) && is(access, names);
    }

    private static boolean is(JavaAccess<?> access, String... names) {
        return Set.of(names).contains(access.getTarget().getName());
    }

    private static boolean takesNothing(JavaAccess<?> access) {
        return access.getTarget().getFullName().endsWith("()");
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        return Stream.concat(some.stream(), more.stream()).collect(Collectors.toUnmodifiableSet());
    }
}
