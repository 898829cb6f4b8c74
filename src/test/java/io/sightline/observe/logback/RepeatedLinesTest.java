package io.sightline.observe.logback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class RepeatedLinesTest {
    private final RepeatedLines lines = new RepeatedLines();
    private final List<String> written = new ArrayList<>();

    @Test
    void ofWhatRepeatsTenAMinutePassAndTheNextSaysHowManyDidNot() {
        // Given
        long before = RepeatedLines.suppressedInAll();

        // When
        for (int i = 0; i < 25; i++) {
            log(i, "broker does not answer");
        }
        log(59_999, "broker does not answer");
        log(60_000, "broker does not answer");
        log(60_001, "broker does not answer");

        // Then
        assertThat(written).hasSize(12);
        assertThat(written.subList(0, 10)).containsOnly("broker does not answer");
        assertThat(written.subList(10, 12))
                .containsExactly("broker does not answer suppressed=16", "broker does not answer");
        assertThat(RepeatedLines.suppressedInAll() - before).isEqualTo(16);
    }

    @Test
    void whatIsSaidElsewhereIsNotARepeat() {
        for (int i = 0; i < 25; i++) {
            log(i, "broker does not answer");
        }

        // When
        log(26, "history is not committed");

        // Then
        assertThat(written).endsWith("history is not committed");
    }

    @Test
    void messagesThatNeverRepeatAreForgotten() {
        for (int i = 0; i < 2_000; i++) {
            log(i, "message " + i);
        }
        assertThat(written).hasSize(2_000);
    }

    private void log(long atMillis, String message) {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(new LoggerContext());
        event.setLoggerName("io.sightline.Some");
        event.setLevel(Level.WARN);
        event.setMessage(message);
        event.setTimeStamp(atMillis);
        if (lines.decide(event) != FilterReply.DENY) {
            List<KeyValuePair> pairs = event.getKeyValuePairs();
            written.add(message + (pairs == null ? "" : " " + pairs.get(0).key + "=" + pairs.get(0).value));
        }
    }
}
