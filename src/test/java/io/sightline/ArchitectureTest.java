package io.sightline;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.sightline.event.imap.TypeIds;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
    private static final JavaClasses SIGHTLINE = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("io.sightline");
    private static final Architecture CROOKED = new Architecture("io.sightline.crooked");
    private static final JavaClasses CROOKED_CLASSES = new ClassFileImporter().importPackages(CROOKED.root());

    static Stream<ArchRule> rules() {
        return new Architecture("io.sightline").rules();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void sightline_keeps_the_rule(ArchRule rule) {
        rule.check(SIGHTLINE);
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                Arguments.of(CROOKED.arrowsPointInward(), "EventThatKnowsTheFile.file"),
                Arguments.of(CROOKED.arrowsPointInward(), "Nowhere is in no part"),
                Arguments.of(CROOKED.packagesHaveNoCycles(), "Slice event -> \n"),
                Arguments.of(CROOKED.coreIsPlainJava(), "com.hazelcast.map.IMap"),
                Arguments.of(CROOKED.coreDoesNotKnowItsAdapters(), "crooked.dedupe.imap.Marks"),
                Arguments.of(CROOKED.onlyTheCommandLineKnowsPicocli(), "FileThatIsACommand"),
                Arguments.of(CROOKED.onlyTheEdgeKnowsKafka(), "TopicPartition"),
                Arguments.of(CROOKED.onlyTheTableKnowsDelta(), "io.delta.standalone.DeltaLog"),
                Arguments.of(CROOKED.onlyProgramsPrintAndExit(), "System.out"),
                Arguments.of(CROOKED.timeIsPassedIn(), "currentTimeMillis"),
                Arguments.of(CROOKED.timeIsPassedIn(), "Clock.systemUTC"),
                Arguments.of(CROOKED.packagesAreNullMarked(), "crooked.stray.Nowhere"),
                Arguments.of(CROOKED.namesSayWhatAThingIs(), "WindowUtils"));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void the_rule_can_fail(ArchRule rule, String violation) {
        assertThat(rule.evaluate(CROOKED_CLASSES).getFailureReport().toString()).contains(violation);
    }

    @Test
    void every_rule_is_proved_to_fail_by_an_example() {
        List<String> proved = violations()
                .map(violation -> ((ArchRule) violation.get()[0]).getDescription())
                .distinct()
                .toList();

        assertThat(proved)
                .containsExactlyInAnyOrderElementsOf(
                        CROOKED.rules().map(ArchRule::getDescription).toList());
    }

    @Test
    void no_two_types_share_a_serializer_number() throws IllegalAccessException {
        List<Integer> ids = new ArrayList<>();
        for (Field constant : TypeIds.class.getFields()) {
            ids.add(constant.getInt(null));
        }

        assertThat(ids).isNotEmpty().doesNotHaveDuplicates().allMatch(id -> id > 0);
    }
}
