package io.sightline.observe.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.event.KeyValuePair;

/**
 * Lets no more than {@value #MOST_A_MINUTE} lines a minute pass that say the same: of one logger, level and message, whatever
 * their values and key-values are. The first one that passes after some were held back says how many, as {@code suppressed}.
 *
 * <p>A filter of an appender and not of the loggers: those do not see the message of a line that is built step by step.
 */
public final class RepeatedLines extends Filter<ILoggingEvent> {
    static final int MOST_A_MINUTE = 10;
    static final String SUPPRESSED = "suppressed";

    private static final long MINUTE_MILLIS = TimeUnit.MINUTES.toMillis(1);

    /** So many messages are told apart; a program has fewer, but some put values into theirs. */
    private static final int MOST_MESSAGES = 1_000;

    private static final LongAdder SUPPRESSED_IN_ALL = new LongAdder();

    private final Map<Said, Minute> minutes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Said, Minute> eldest) {
            return size() > MOST_MESSAGES;
        }
    };

    private record Said(String logger, Level level, String message) {}

    private static final class Minute {
        private long beganMillis;
        private long passed;
        private long suppressed;

        Minute(long beganMillis) {
            this.beganMillis = beganMillis;
        }
    }

    /** How many lines were held back since the process began. */
    public static long suppressedInAll() {
        return SUPPRESSED_IN_ALL.sum();
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        long suppressedBefore;
        synchronized (minutes) {
            Minute minute = minutes.computeIfAbsent(
                    new Said(event.getLoggerName(), event.getLevel(), String.valueOf(event.getMessage())),
                    said -> new Minute(event.getTimeStamp()));
            if (event.getTimeStamp() - minute.beganMillis >= MINUTE_MILLIS) {
                minute.beganMillis = event.getTimeStamp();
                minute.passed = 0;
            }
            if (minute.passed == MOST_A_MINUTE) {
                minute.suppressed++;
                SUPPRESSED_IN_ALL.increment();
                return FilterReply.DENY;
            }
            minute.passed++;
            suppressedBefore = minute.suppressed;
            minute.suppressed = 0;
        }
        if (suppressedBefore > 0 && event instanceof LoggingEvent line) {
            line.addKeyValuePair(new KeyValuePair(SUPPRESSED, suppressedBefore));
        }
        return FilterReply.NEUTRAL;
    }
}
