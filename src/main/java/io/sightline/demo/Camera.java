package io.sightline.demo;

import io.sightline.event.DeadLetter.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One camera of a fleet: where it stands, what is odd about it, and what its edge box still holds. */
final class Camera {
    private static final int EVERY_FIRMWARE = 50;
    private static final int WITHOUT_ID = 7;
    private static final int EPOCH_MILLIS = 11;
    private static final int DRIFTING = 23;
    private static final int EVERY_BOX = 10;
    private static final int BATCHING = 3;
    private static final int FAILING = 404;
    private static final long FAILS_AFTER_MILLIS = 45_000;

    /** A drifting clock gains a millisecond every so many, up to twenty seconds. */
    private static final long MILLIS_TO_GAIN_ONE = 200;

    private static final long LARGEST_GAIN_MILLIS = 20_000;

    private final byte[] id;
    private final int place;
    private final boolean withoutId;
    private final boolean epochMillis;
    private final boolean batching;
    private final boolean drifting;
    private final long startMillis;
    private final long silentFromMillis;
    private List<Detection> box = new ArrayList<>();
    private long boxDueMillis;

    /**
     * @param startMillis when the feed starts, milliseconds since 1970
     * @param mixedFleet false if all cameras are alike
     */
    Camera(int number, int places, long startMillis, boolean mixedFleet) {
        this.id = DetectionText.ascii("cam-" + (number + 1));
        this.place = 1 + number % places;
        this.withoutId = mixedFleet && number % EVERY_FIRMWARE == WITHOUT_ID;
        this.epochMillis = mixedFleet && number % EVERY_FIRMWARE == EPOCH_MILLIS;
        this.drifting = mixedFleet && number % EVERY_FIRMWARE == DRIFTING;
        this.batching = mixedFleet && number % EVERY_BOX == BATCHING;
        this.startMillis = startMillis;
        this.silentFromMillis = mixedFleet && number == FAILING ? startMillis + FAILS_AFTER_MILLIS : Long.MAX_VALUE;
    }

    byte[] id() {
        return id;
    }

    /** From 1. */
    int place() {
        return place;
    }

    boolean withoutId() {
        return withoutId;
    }

    boolean sendsEpochMillis() {
        return epochMillis;
    }

    boolean isSilent(long millis) {
        return millis >= silentFromMillis;
    }

    /** What its clock shows, milliseconds since 1970. */
    long clock(long millis) {
        return drifting ? millis + Math.min(LARGEST_GAIN_MILLIS, (millis - startMillis) / MILLIS_TO_GAIN_ONE) : millis;
    }

    /** Whether it sends arrays. */
    boolean batches() {
        return batching;
    }

    boolean boxIsEmpty() {
        return box.isEmpty();
    }

    /** Opens the box, to be sent then. */
    void openBox(long dueMillis) {
        boxDueMillis = dueMillis;
    }

    /** When the box is sent; of use while it is open. */
    long boxDueMillis() {
        return boxDueMillis;
    }

    void box(Detection detection) {
        box.add(detection);
    }

    /** Empties the box into one message. */
    Message unbox() {
        int bytes = 1 + box.size();
        for (Detection detection : box) {
            bytes += detection.text.length;
        }
        byte[] array = new byte[bytes];
        int length = 0;
        for (Detection detection : box) {
            array[length] = (byte) (length == 0 ? '[' : ',');
            System.arraycopy(detection.text, 0, array, length + 1, detection.text.length);
            length += 1 + detection.text.length;
        }
        array[length] = ']';
        Message message = new Message(id, array, box);
        box = new ArrayList<>();
        return message;
    }

    /**
     * What was seen once, and all that the truth has to know of it.
     *
     * @param place 0 is one that no reference data has
     * @param eventTimeMillis by the camera's clock
     * @param withoutId whether the text bears no {@code event_id}; else its halves follow
     * @param spoil why it is refused; null if it is an event
     */
    record Detection(
            byte[] text,
            int place,
            long eventTimeMillis,
            boolean withoutId,
            long idHigh,
            long idLow,
            @Nullable Reason spoil) {}

    /** What is sent, once or twice. */
    record Message(byte[] key, byte[] value, List<Detection> detections) {}
}
