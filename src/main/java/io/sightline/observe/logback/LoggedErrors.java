package io.sightline.observe.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.concurrent.atomic.LongAdder;

/** Writes nothing, and counts what is logged as ERROR, by anybody in this process. Repeats count, too. */
public final class LoggedErrors extends AppenderBase<ILoggingEvent> {
    private static final LongAdder TOTAL = new LongAdder();

    /** How many there were since the process began. */
    public static long total() {
        return TOTAL.sum();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            TOTAL.increment();
        }
    }
}
