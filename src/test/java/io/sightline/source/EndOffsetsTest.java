package io.sightline.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.observe.Progress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EndOffsetsTest {
    private static final long NOW = 1_000_000_000;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Test
    void whatIsUnreadIsKeptAnHourFromTheTimeOfTheLastRecordRead() {
        assertThat(reading(Duration.ofHours(1), 0, 100).retentionEdgeMillis(new Progress(0, 50, NOW - 500)))
                .isEqualTo(NOW - 500 + HOUR);
    }

    @Test
    void whereNothingIsUnreadWhatComesNextIsKeptForTheWholeOfIt() {
        assertThat(reading(Duration.ofHours(1), 0, 100).retentionEdgeMillis(new Progress(0, 100, NOW - 500)))
                .isEqualTo(NOW + HOUR);
    }

    @Test
    void whatTheBrokerNoLongerHasLiesBehindTheEdge() {
        assertThat(reading(null, 51, 100).retentionEdgeMillis(new Progress(0, 50, NOW)))
                .isZero();
        assertThat(reading(null, 50, 100).retentionEdgeMillis(new Progress(0, 50, NOW)))
                .isNull();
    }

    @Test
    void withoutTheBrokersWordThereIsNoEdge() {
        assertThat(reading(null, 0, 100).retentionEdgeMillis(new Progress(0, 50, NOW)))
                .isNull();
        assertThat(reading(Duration.ofHours(1), 0, 100).retentionEdgeMillis(new Progress(1, 50, NOW)))
                .isNull();
        assertThat(reading(Duration.ofHours(1), 0, 100).retentionEdgeMillis(new Progress(0, 0, Progress.NONE_READ)))
                .isNull();
    }

    private static EndOffsets.Reading reading(@Nullable Duration retention, long oldest, long next) {
        return new EndOffsets.Reading(Map.of(0, next), Map.of(0, oldest), retention, NOW, 0, null);
    }
}
