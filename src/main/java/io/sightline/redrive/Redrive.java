package io.sightline.redrive;

import io.sightline.event.Origin;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters again, into the topic that they came from, and marks them. Not twice by mistake: a letter that has a
 * mark is left alone unless it is named.
 *
 * <h2>The order</h2>
 *
 * For each letter, and one letter at a time, so that no more than one is ever in doubt:
 *
 * <ol>
 *   <li><b>claim</b>: the mark {@link Mark.Sending} is put, if there is none, in one step. Of two runs at once one gets it;
 *   <li><b>send</b>: the record goes to the broker, which acknowledges it;
 *   <li><b>close</b>: the mark becomes {@link Mark.Sent}, with the place of the new record.
 * </ol>
 *
 * <p>The mark comes first because sending twice is the worse mistake: a letter left in doubt is still there to be looked at,
 * and a second copy in the topic cannot be taken back.
 *
 * <table>
 *   <caption>What a run that dies leaves</caption>
 *   <tr><th>died after</th><th>in the topic</th><th>found</th><th>what the next run does</th></tr>
 *   <tr><td>(nothing)</td><td>no</td><td>no mark</td><td>sends it</td></tr>
 *   <tr><td>claim</td><td>no</td><td>sending</td><td rowspan="2">leaves it and says that it is in doubt; sends it when
 *       named</td></tr>
 *   <tr><td>send</td><td>yes</td><td>sending</td></tr>
 *   <tr><td>close</td><td>yes</td><td>sent</td><td>leaves it; sends it when named</td></tr>
 * </table>
 *
 * <p>The same holds for a claim whose answer is lost (nothing is sent, the mark may be there) and for a record that is not
 * acknowledged in time: {@link Outcome.InDoubt}, and its mark stays. Only a broker that refuses a record says for certain
 * that it is not in the topic: then the mark is taken back.
 *
 * <h2>What becomes of it</h2>
 *
 * To the pipeline the new record is one like any other, with an origin of its own. If its event was counted already, under
 * another origin, deduplication finds the same id and drops it, within the horizon between the two; so a copy too many,
 * sent from doubt, does not count. If it is refused again it is a new dead letter, under the new origin and without a mark;
 * the old one's mark says where it went.
 *
 * <p>Not thread-safe.
 */
public final class Redrive {
    private final Marks marks;
    private final Topic topic;
    private final InstantSource clock;

    public Redrive(Marks marks, Topic topic, InstantSource clock) {
        this.marks = marks;
        this.topic = topic;
        this.clock = clock;
    }

    /** The marks of one pipeline's letters. What returns has been written for good; what throws may have been. */
    public interface Marks {
        /** Puts the mark if the letter has none, in one step. The mark that it has already; null if this one was put. */
        @Nullable
        Mark claim(Origin letter, Mark.Sending mark);

        /** Puts the mark in the place of any other. */
        void set(Origin letter, Mark mark);

        void remove(Origin letter);
    }

    /** The topic that the letters came from. */
    public interface Topic {
        /** Sends the letter's bytes into the topic partition it came from, and waits for the broker's answer. */
        Delivery send(Letter letter);
    }

    /** What the broker answered. */
    public sealed interface Delivery {
        /** The record is in the topic, there. */
        record Acknowledged(int topicPartition, long offset) implements Delivery {}

        /** It certainly is not. */
        record Refused(String why) implements Delivery {}

        /** It may be. */
        record Unknown(String why) implements Delivery {}
    }

    /** What became of one letter. */
    public sealed interface Outcome {
        record Sent(int topicPartition, long offset) implements Outcome {}

        /** Not sent; as if it had not been tried. */
        record Refused(String why) implements Outcome {}

        /** Sent or not; the broker is best left alone until somebody has looked. */
        record InDoubt(String why) implements Outcome {}

        /** Not tried, because of this mark. */
        record Left(Mark mark) implements Outcome {}
    }

    /** Sends a letter, unless it has a mark. */
    public Outcome unlessMarked(Letter letter) {
        Mark.Sending sending = new Mark.Sending(clock.millis());
        Mark earlier = marks.claim(letter.origin(), sending);
        return earlier != null ? new Outcome.Left(earlier) : send(letter, null);
    }

    /** Sends a letter that somebody named, whatever its mark. */
    public Outcome named(Letter letter) {
        Mark.Sending sending = new Mark.Sending(clock.millis());
        Mark earlier = marks.claim(letter.origin(), sending);
        if (earlier != null) {
            marks.set(letter.origin(), sending);
        }
        return send(letter, earlier);
    }

    private Outcome send(Letter letter, @Nullable Mark earlier) {
        Delivery delivery = topic.send(letter);
        if (delivery instanceof Delivery.Acknowledged there) {
            marks.set(letter.origin(), new Mark.Sent(clock.millis(), there.topicPartition(), there.offset()));
            return new Outcome.Sent(there.topicPartition(), there.offset());
        }
        if (delivery instanceof Delivery.Refused refused) {
            if (earlier == null) {
                marks.remove(letter.origin());
            } else {
                marks.set(letter.origin(), earlier);
            }
            return new Outcome.Refused(refused.why());
        }
        return new Outcome.InDoubt(((Delivery.Unknown) delivery).why());
    }
}
