package io.sightline.pipeline;

import io.sightline.decode.Decoder;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.source.EventTimes;
import io.sightline.spec.EventSpec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The event times of a recorded file, seen through the job's own decoder. */
final class DecodedEventTimes implements EventTimes, Decoder.Sink {
    private static final Duration ANY = Duration.ofDays(365_000);

    private final Decoder judging;
    private final Decoder welcoming;
    private long greatestMillis;

    DecodedEventTimes(EventSpec spec) {
        this.judging = new Decoder(spec);
        this.welcoming = new Decoder(new EventSpec(spec.schema(), spec.keepUnknownFields(), ANY, ANY));
    }

    @Override
    public long greatestPlausible(byte[] value, long sourceTimeMillis) {
        greatestMillis = NONE;
        if (sourceTimeMillis == NONE) {
            welcoming.decode(value, 0, this);
        } else {
            judging.decode(value, sourceTimeMillis, this);
        }
        return greatestMillis;
    }

    @Override
    public void event(
            int index, long eventTimeMicros, @Nullable Object[] values, @Nullable String extra, int from, int to) {
        greatestMillis = Math.max(greatestMillis, TimeUnit.MICROSECONDS.toMillis(eventTimeMicros));
    }

    @Override
    public void refused(int index, Reason reason, @Nullable String field, String detail, int from, int to) {
        // The job will refuse it again, and keep it.
    }
}
