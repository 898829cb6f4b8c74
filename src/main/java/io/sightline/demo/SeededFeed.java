package io.sightline.demo;

import static io.sightline.demo.DetectionText.ascii;

import io.sightline.demo.Camera.Message;
import io.sightline.event.DeadLetter.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
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
    private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final FeedOptions options;
    private final FeedOptions.Faults faults;
    private final SplittableRandom random;
    private final Camera[] cameras;
    private final byte[][] placeIds;
    private final FeedTruth truth;
    private final DetectionText text = new DetectionText();
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private final long startMillis;
    private final double millisBetween;
    private long made;
    private long scheduled;

    public SeededFeed(FeedOptions options) {
        this.options = options;
        this.faults = options.faults();
        this.random = new SplittableRandom(options.seed());
        this.cameras = new Camera[options.cameras()];
        for (int i = 0; i < cameras.length; i++) {
            cameras[i] = new Camera(i, options.places(), faults.fleet());
        }
        this.placeIds = new byte[options.places() + 1][];
        for (int place = 0; place < placeIds.length; place++) {
            placeIds[place] = Places.id(place).getBytes(StandardCharsets.US_ASCII);
        }
        this.truth = new FeedTruth(options.places());
        this.startMillis = options.start().toEpochMilli();
        this.millisBetween = 1_000 / options.ratePerSecond();
    }

    /** The next record; null at the end. */
    public @Nullable FeedRecord next() {
        while (true) {
            boolean more = made < options.count();
            long now = startMillis + (long) (made * millisBetween);
            Later first = later.peek();
            FeedRecord record = null;
            if (first != null && (!more || first.millis <= now)) {
                later.remove();
                record = first.message == null
                        ? dispatch(first.camera.unbox(), first.millis, first.camera)
                        : send(first.message, first.millis);
            } else if (more) {
                made++;
                record = fresh(now);
            } else {
                return null;
            }
            if (record != null) {
                return record;
            }
        }
    }

    /** The truth so far; complete once {@link #next} returned null. */
    public FeedTruth truth() {
        return truth;
    }

    private @Nullable FeedRecord fresh(long now) {
        Camera camera = cameras[random.nextInt(cameras.length)];
        Reason spoil = spoil(camera);
        byte[] detection = detection(camera, now, spoil);
        if (!camera.batches()) {
            Message message = spoil == null
                    ? new Message(camera.id(), detection, 1, List.of())
                    : new Message(camera.id(), detection, 0, List.of(spoil));
            return dispatch(message, now, camera);
        }
        boolean opened = spoil == null ? camera.box(detection) : camera.boxRefused(detection, spoil);
        if (opened) {
            later.add(new Later(now + BOX_WAITS_MILLIS, scheduled++, camera, null));
        }
        return null;
    }

    /** Sends a message for the first time: now, or late. */
    private @Nullable FeedRecord dispatch(Message message, long now, Camera camera) {
        long at = now;
        if (chance(faults.late())) {
            at += LATE_FROM_MILLIS + random.nextLong(LATE_TO_MILLIS - LATE_FROM_MILLIS);
            later.add(new Later(at, scheduled++, camera, message));
        }
        if (chance(faults.resent())) {
            long after = EARLIEST_RESEND_MILLIS
                    + random.nextLong(faults.resentWithin().toMillis() - EARLIEST_RESEND_MILLIS);
            later.add(new Later(at + after, scheduled++, camera, message));
        }
        return at == now ? send(message, now) : null;
    }

    private FeedRecord send(Message message, long now) {
        truth.sent(message.events(), message.refused());
        return new FeedRecord(message.key(), message.value(), now);
    }

    private boolean chance(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    private @Nullable Reason spoil(Camera camera) {
        if (!chance(faults.malformed() * SPOILS.length)) {
            return null;
        }
        Reason reason = SPOILS[random.nextInt(SPOILS.length)];
        return camera.batches() && !OF_AN_ELEMENT.contains(reason) ? Reason.MISSING_FIELD : reason;
    }

    private byte[] detection(Camera camera, long now, @Nullable Reason spoil) {
        int place = chance(faults.unknownPlace()) ? 0 : camera.place();
        long high = (random.nextLong() & VERSION_MASK) | VERSION_4;
        long low = (random.nextLong() & VARIANT_MASK) | VARIANT;
        if (spoil == null) {
            truth.fresh(place, now);
            if (camera.withoutId()) {
                truth.noId();
            } else {
                truth.id(high, low);
            }
        }
        byte[] whole = write(camera, place, high, low, now, spoil);
        return spoil == null ? whole : spoiled(whole, spoil);
    }

    private byte[] write(Camera camera, int place, long high, long low, long now, @Nullable Reason spoil) {
        long chance = random.nextLong();
        text.begin();
        if (!camera.withoutId()) {
            text.uuid(EVENT_ID, high, low);
        }
        if (spoil != Reason.MISSING_FIELD) {
            text.string(CAMERA_ID, camera.id());
        }
        text.string(LOCATION_ID, placeIds[place]);
        byte[] item = ITEMS[(int) ((chance & 0xffff) % ITEMS.length)];
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
        eventTime(camera, now, spoil);
        if (faults.fleet() && made > options.count() / 2) {
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

    private void eventTime(Camera camera, long now, @Nullable Reason spoil) {
        if (spoil == Reason.BAD_TIME) {
            text.string(EVENT_TIME, ascii("yesterday"));
        } else if (spoil == Reason.EVENT_TIME_IMPLAUSIBLE) {
            text.time(EVENT_TIME, YEAR_2099);
        } else if (camera.sendsEpochMillis()) {
            text.whole(EVENT_TIME, now);
        } else {
            text.time(EVENT_TIME, now);
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
     */
    private record Later(
            long millis,
            long order,
            Camera camera,
            @Nullable Message message) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
