package io.sightline.demo;

import io.sightline.event.DeadLetter.Reason;
import java.util.ArrayList;
import java.util.List;

/** One camera of a fleet: where it stands, what its firmware leaves out, and what its edge box still holds. */
final class Camera {
    private static final int EVERY_FIRMWARE = 50;
    private static final int WITHOUT_ID = 7;
    private static final int EPOCH_MILLIS = 11;
    private static final int EVERY_BOX = 10;
    private static final int BATCHING = 3;

    private final byte[] id;
    private final int place;
    private final boolean withoutId;
    private final boolean epochMillis;
    private final boolean batching;
    private List<byte[]> waiting = new ArrayList<>();
    private List<Reason> waitingRefused = new ArrayList<>();

    /** @param mixedFleet false if all cameras are alike */
    Camera(int number, int places, boolean mixedFleet) {
        this.id = DetectionText.ascii("cam-" + (number + 1));
        this.place = 1 + number % places;
        this.withoutId = mixedFleet && number % EVERY_FIRMWARE == WITHOUT_ID;
        this.epochMillis = mixedFleet && number % EVERY_FIRMWARE == EPOCH_MILLIS;
        this.batching = mixedFleet && number % EVERY_BOX == BATCHING;
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

    /** Whether it sends arrays. */
    boolean batches() {
        return batching;
    }

    /** Puts a detection into the box; true if it is the first one there. */
    boolean box(byte[] detection) {
        waiting.add(detection);
        return waiting.size() == 1;
    }

    /** As {@link #box}, for a detection that will be refused. */
    boolean boxRefused(byte[] detection, Reason reason) {
        waitingRefused.add(reason);
        return box(detection);
    }

    /** Empties the box into one message. */
    Message unbox() {
        int bytes = 1 + waiting.size();
        for (byte[] detection : waiting) {
            bytes += detection.length;
        }
        byte[] array = new byte[bytes];
        int length = 0;
        for (byte[] detection : waiting) {
            array[length] = (byte) (length == 0 ? '[' : ',');
            System.arraycopy(detection, 0, array, length + 1, detection.length);
            length += 1 + detection.length;
        }
        array[length] = ']';
        Message message = new Message(id, array, waiting.size() - waitingRefused.size(), waitingRefused);
        waiting = new ArrayList<>();
        waitingRefused = new ArrayList<>();
        return message;
    }

    /**
     * What is sent, once or twice.
     *
     * @param events how many events it holds
     * @param refused why the rest of it is refused, one reason an element
     */
    record Message(byte[] key, byte[] value, int events, List<Reason> refused) {}
}
