package io.sightline.redrive;

/** What is remembered of a dead letter's redrive; a letter without one was never redriven. */
public sealed interface Mark {
    /** When it was made, milliseconds since 1970. */
    long atMillis();

    /** It is being sent. If nobody sends any more, whether it is in the topic is not known. */
    record Sending(long atMillis) implements Mark {}

    /**
     * It is in the topic.
     *
     * @param topicPartition the topic partition of the new record
     * @param offset its offset there
     */
    record Sent(long atMillis, int topicPartition, long offset) implements Mark {}
}
