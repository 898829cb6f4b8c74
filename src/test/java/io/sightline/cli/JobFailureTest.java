package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobFailureTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Requested by user                                        | Requested by user
                    Execution failure:\\nio.x.BadFile: no such file\\n\\tat a.B   | no such file
                    Execution failure:\\njava.E: outer\\nCaused by: io.F: inner | inner
                    Execution failure:                                       | Execution failure:
                    """)
    void theMessageOfTheInnermostCauseIsToldAndNotJetsHeading(String description, String told) {
        assertThat(JobFailure.innermost(description.replace("\\n", "\n").replace("\\t", "\t")))
                .isEqualTo(told);
    }
}
