package io.sightline.demo;

import static io.sightline.demo.DetectionText.ascii;

import io.sightline.demo.Camera.Detection;
import io.sightline.demo.Camera.Message;
import io.sightline.event.DeadLetter.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fleet of cameras that never was, and what it sends: a stream of records in the order of sending, the same for the same
 * {@link FeedOptions}, together with the {@link FeedTruth} about it. Made while it is read, on the reader's thread; several
 * hundred thousand records a second.
 */
public final class SeededFeed {
    private static final byte[] EVENT_ID = ascii("event_id");
    private static final byte[] CAMERA_ID = ascii("camera_id");
    private static final byte[] LOCATION_ID = ascii("location_id");
    private static final byte[] ITEM = ascii("item");
    private static final byte[] CONFIDENCE = ascii("confidence");
    private static final byte[] BBOX = ascii("bbox");
    private static final byte[] X = ascii("x");
    private static final byte[] Y = ascii("y");
    private static final byte[] W = ascii("w");
    private static final byte[] H = ascii("h");
    private static final byte[] EVENT_TIME = ascii("event_time");
    private static final byte[] PRODUCED_AT = ascii("produced_at");
    private static final byte[] SPEED = ascii("speed_mps");
    private static final byte[] DEBUG = ascii("debug");

    private static final byte[][] ITEMS = {
        ascii("person"), ascii("car"), ascii("bicycle"), ascii("truck"), ascii("bus"), ascii("motorcycle"),
        ascii("forklift"), ascii("pallet"), ascii("suitcase"), ascii("backpack"), ascii("dog"), ascii("trolley")
    };

    /** Reasons that one element of an array can have. The other reasons are those of a whole record. */
    private static final Set<Reason> OF_AN_ELEMENT = EnumSet.of(
            Reason.TOO_DEEP,
            Reason.DUPLICATE_KEY,
            Reason.NOT_AN_OBJECT,
            Reason.MISSING_FIELD,
            Reason.WRONG_TYPE,
            Reason.OUT_OF_RANGE,
            Reason.NOT_A_NUMBER,
            Reason.BAD_TIME,
            Reason.EVENT_TIME_IMPLAUSIBLE);

    /** Left out: a record of over a megabyte would drown the others, and a detection always has a key. */
    private static final Reason[] SPOILS = EnumSet.complementOf(EnumSet.of(Reason.TOO_LARGE, Reason.MISSING_KEY))
            .toArray(new Reason[0]);

    private static final byte[] TOO_DEEP = ascii("[".repeat(80) + "]".repeat(80));
    private static final long YEAR_2099 = 4_070_908_800_000L;
    private static final long EARLIEST_RESEND_MILLIS = 50;
    private static final long LATE_FROM_MILLIS = 2_000;
    private static final long LATE_TO_MILLIS = 20_000;
    private static final long BOX_WAITS_MILLIS = 500;
    private static final double NEW_FIELD_AFTER_SECONDS = 60;
    private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final FeedOptions options;
    private final FeedOptions.Faults faults;
    private volatile boolean stopped;
    private final SplittableRandom random;
    private final Camera[] cameras;
    private final Traffic traffic;
    private final byte[][] placeIds;
    private final FeedTruth truth;
    private final DetectionText text = new DetectionText();
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private final long startMillis;
    private final long newFieldAfter;
    private long made;
    private long scheduled;

    public SeededFeed(FeedOptions options) {
        this.options = options;
        this.faults = options.faults();
        this.random = new SplittableRandom(options.seed());
        this.startMillis = options.start().toEpochMilli();
        this.newFieldAfter = Math.min(options.count() / 2, (long) (options.ratePerSecond() * NEW_FIELD_AFTER_SECONDS));
        this.cameras = new Camera[options.cameras()];
        for (int i = 0; i < cameras.length; i++) {
            cameras[i] = new Camera(i, options.places(), startMillis, faults.fleet());
        }
        this.traffic = new Traffic(cameras, options.places());
        this.placeIds = new byte[options.places() + 1][];
        for (int place = 0; place < placeIds.length; place++) {
            placeIds[place] = Places.id(place).getBytes(StandardCharsets.US_ASCII);
        }
        this.truth = new FeedTruth(options.places());
    }

    /** The next record; null at the end. */
    public @Nullable FeedRecord next() {
        while (true) {
            if (stopped) {
                return null;
            }
            boolean more = made < options.count();
            long now = startMillis + options.millisOf(made);
            Later first = later.peek();
            if (first != null && (first.millis <= now || (!more && !options.live()))) {
                later.remove();
                return send(first);
            }
            if (!more) {
                return null;
            }
            made++;
            Later sending = see(now);
            if (sending != null && sending.millis == now) {
                return send(sending);
            }
            if (sending != null) {
                later.add(sending);
            }
        }
    }

    /** Ends the feed where it is: {@link #next} returns null from now on. From any thread. */
    public void stop() {
        stopped = true;
    }

    /** The truth about what {@link #next} returned so far. */
    public FeedTruth truth() {
        return truth;
    }

    /** A camera sees something. What is sent by that, and when; null if it went into a box that is due anyway. */
    private @Nullable Later see(long now) {
        Camera camera = faults.fleet() ? traffic.pick(random, now) : cameras[random.nextInt(cameras.length)];
        Reason spoil = spoil(camera);
        if (!camera.batches()) {
            long due = now + lateness();
            Detection detection = detection(camera, now, due, spoil);
            return new Later(
                    due, scheduled++, camera, new Message(camera.id(), detection.text(), List.of(detection)), false);
        }
        boolean opened = camera.boxIsEmpty();
        if (opened) {
            camera.openBox(now + BOX_WAITS_MILLIS + lateness());
        }
        camera.box(detection(camera, now, camera.boxDueMillis(), spoil));
        return opened ? new Later(camera.boxDueMillis(), scheduled++, camera, null, false) : null;
    }

    private long lateness() {
        return chance(faults.late()) ? LATE_FROM_MILLIS + random.nextLong(LATE_TO_MILLIS - LATE_FROM_MILLIS) : 0;
    }

    private FeedRecord send(Later sending) {
        Message message = sending.message == null ? sending.camera.unbox() : sending.message;
        if (!sending.copy && chance(faults.resent())) {
            long after = EARLIEST_RESEND_MILLIS
                    + random.nextLong(faults.resentWithin().toMillis() - EARLIEST_RESEND_MILLIS);
            later.add(new Later(sending.millis + after, scheduled++, sending.camera, message, true));
        }
        truth.sent(message.detections(), sending.copy);
        return new FeedRecord(message.key(), message.value(), sending.millis);
    }

    private boolean chance(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    private @Nullable Reason spoil(Camera camera) {
        if (!chance(faults.malformed())) {
            return null;
        }
        Reason reason = SPOILS[random.nextInt(SPOILS.length)];
        return camera.batches() && !OF_AN_ELEMENT.contains(reason) ? Reason.MISSING_FIELD : reason;
    }

    private Detection detection(Camera camera, long now, long due, @Nullable Reason spoil) {
        int place = chance(faults.unknownPlace()) ? 0 : camera.place();
        long high = (random.nextLong() & VERSION_MASK) | VERSION_4;
        long low = (random.nextLong() & VARIANT_MASK) | VARIANT;
        long eventTime = camera.clock(now);
        byte[] whole = write(camera, place, high, low, eventTime, due, spoil);
        byte[] sent = spoil == null ? whole : spoiled(whole, spoil);
        return new Detection(sent, place, eventTime, camera.withoutId(), high, low, spoil);
    }

    private byte[] write(
            Camera camera, int place, long high, long low, long eventTime, long due, @Nullable Reason spoil) {
        long chance = random.nextLong();
        text.begin();
        if (!camera.withoutId()) {
            text.uuid(EVENT_ID, high, low);
        }
        if (spoil != Reason.MISSING_FIELD) {
            text.string(CAMERA_ID, camera.id());
        }
        text.string(LOCATION_ID, placeIds[place]);
        long itemChance = chance & 0xffff;
        byte[] item = ITEMS[
                faults.fleet() ? Traffic.Kind.of(camera.place()).item(itemChance) : (int) (itemChance % ITEMS.length)];
        text.string(ITEM, item);
        if (spoil == Reason.DUPLICATE_KEY) {
            text.string(ITEM, item);
        }
        confidence(500 + (chance >>> 16 & 0xffff) % 500, spoil);
        text.open(BBOX);
        // The last three digits tell detections of one camera and millisecond apart.
        text.decimal(X, (chance >>> 32 & 0xffff) % 1_900 * 1_000 + made % 1_000, 3);
        text.decimal(Y, (chance >>> 48) % 1_080 * 100, 2);
        text.decimal(W, 2_000 + high % 10_000 * (high < 0 ? -1 : 1), 2);
        text.decimal(H, 4_000 + (low >>> 2) % 20_000, 2);
        text.close();
        eventTime(camera, eventTime, spoil);
        if (options.live()) {
            text.whole(PRODUCED_AT, TimeUnit.MILLISECONDS.toMicros(due));
        }
        if (faults.fleet() && made > newFieldAfter) {
            text.decimal(SPEED, (chance >>> 20 & 0xffff) % 400, 2);
        }
        if (spoil == Reason.TOO_DEEP) {
            text.raw(DEBUG, TOO_DEEP);
        }
        return text.end();
    }

    private void confidence(long thousandths, @Nullable Reason spoil) {
        if (spoil == Reason.WRONG_TYPE) {
            text.string(CONFIDENCE, ascii("high"));
        } else if (spoil == Reason.NOT_A_NUMBER) {
            text.raw(CONFIDENCE, ascii("NaN"));
        } else if (spoil == Reason.OUT_OF_RANGE) {
            text.raw(CONFIDENCE, ascii("1e999"));
        } else {
            text.decimal(CONFIDENCE, thousandths, 3);
        }
    }

    private void eventTime(Camera camera, long millis, @Nullable Reason spoil) {
        if (spoil == Reason.BAD_TIME) {
            text.string(EVENT_TIME, ascii("yesterday"));
        } else if (spoil == Reason.EVENT_TIME_IMPLAUSIBLE) {
            text.time(EVENT_TIME, YEAR_2099);
        } else if (camera.sendsEpochMillis()) {
            text.whole(EVENT_TIME, millis);
        } else {
            text.time(EVENT_TIME, millis);
        }
    }

    /** Reasons that lie in the record as a whole; those of a value are already in it. */
    private byte[] spoiled(byte[] whole, Reason reason) {
        return switch (reason) {
            case EMPTY -> new byte[0];
            case NOT_JSON -> ascii("camera restarted, watchdog=3");
            case TRUNCATED -> Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
            case NOT_AN_OBJECT -> ascii("\"heartbeat\"");
            case EMPTY_ARRAY -> ascii("[]");
            default -> whole;
        };
    }

    /**
     * Something that happens later; of two at the same time the one scheduled first.
     *
     * @param message what is sent; null if the camera's box is emptied
     * @param copy whether it was sent before
     */
    private record Later(
            long millis,
            long order,
            Camera camera,
            @Nullable Message message,
            boolean copy) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
