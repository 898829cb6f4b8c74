package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoMemoryTest {
    private static final PipelineSpec PIPELINE =
            PipelineFile.load(Path.of("pipelines", "detections.yaml")).withHotWindowKept(Duration.ofMinutes(2));

    @Test
    void aLaptopWithEightGigabytesWillDoForTenThousandASecond() {
        assertThat(DemoMemory.of(10_000, PIPELINE, 8_192).heap()).isEqualTo("3072m");
    }

    @Test
    void aMachineWithMoreGivesHalfAsMuchAgainAndNoMoreThanAQuarter() {
        assertThat(DemoMemory.of(10_000, PIPELINE, 15_000).heapMegabytes()).isEqualTo(3_584);
        assertThat(DemoMemory.of(10_000, PIPELINE, 65_536).heapMegabytes()).isEqualTo(4_608);
    }

    @Test
    void aLowerRateNeedsLess() {
        assertThat(DemoMemory.of(1_000, PIPELINE, 8_192).heapMegabytes()).isEqualTo(1_792);
    }

    @Test
    void tooLittleMemoryIsOneClearLine() {
        assertThatThrownBy(() -> DemoMemory.of(50_000, PIPELINE, 8_192))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("50,000 detections a second need")
                .hasMessageContaining("this machine has 8,192 MB")
                .hasMessageContaining("--rate");
    }
}
