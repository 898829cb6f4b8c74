package io.sightline.redrive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sightline.event.Origin;
import io.sightline.redrive.Redrive.Delivery;
import io.sightline.redrive.Redrive.Outcome;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RedriveTest {
    private static final Letter LETTER = new Letter(new Origin(3, 14, 0), null, new byte[] {1});
    private static final long NOW = 5_000;
    private static final Mark.Sending SENDING = new Mark.Sending(NOW);
    private static final Mark.Sent SENT = new Mark.Sent(NOW, 3, 100);

    private final Grid grid = new Grid();
    private final Broker broker = new Broker();
    private final Redrive redrive = new Redrive(grid, broker, InstantSource.fixed(Instant.ofEpochMilli(NOW)));

    @Test
    void aLetterIsSentOnceByAnyNumberOfRuns() {
        // When
        Outcome first = redrive.unlessMarked(LETTER);
        Outcome second = redrive.unlessMarked(LETTER);

        // Then
        assertThat(first).isEqualTo(new Outcome.Sent(3, 100));
        assertThat(second).isEqualTo(new Outcome.Left(SENT));
        assertThat(broker.records).containsExactly(LETTER);
    }

    @Test
    void aLetterThatIsNamedIsSentAgain() {
        // Given
        redrive.unlessMarked(LETTER);

        // When
        Outcome outcome = redrive.named(LETTER);

        // Then
        assertThat(outcome).isEqualTo(new Outcome.Sent(3, 101));
        assertThat(broker.records).hasSize(2);
        assertThat(grid.marks).containsEntry(LETTER.origin(), new Mark.Sent(NOW, 3, 101));
    }

    @Test
    void ofTwoRunsAtOnceOneSends() {
        // Given: another run has claimed it and is sending
        grid.marks.put(LETTER.origin(), SENDING);

        // When
        Outcome outcome = redrive.unlessMarked(LETTER);

        // Then
        assertThat(outcome).isEqualTo(new Outcome.Left(SENDING));
        assertThat(broker.records).isEmpty();
    }

    /** The table of {@link Redrive}: dies before or after each step. */
    private enum Death {
        BEFORE_CLAIM,
        AFTER_CLAIM,
        AFTER_SEND,
        AFTER_CLOSE
    }

    @ParameterizedTest
    @EnumSource
    void whereverARunDiesTheNextOneDoesNotSendTwiceAndSaysWhatIsInDoubt(Death death) {
        // Given
        grid.diesBeforeClaim = death == Death.BEFORE_CLAIM;
        broker.dies = death == Death.AFTER_CLAIM;
        grid.diesBeforeClose = death == Death.AFTER_SEND;
        if (death == Death.AFTER_CLOSE) {
            redrive.unlessMarked(LETTER);
        } else {
            assertThatExceptionOfType(Died.class).isThrownBy(() -> redrive.unlessMarked(LETTER));
        }
        int inTheTopic = broker.records.size();
        grid.diesBeforeClaim = false;
        broker.dies = false;
        grid.diesBeforeClose = false;

        // When
        Outcome next = redrive.unlessMarked(LETTER);

        // Then
        switch (death) {
            case BEFORE_CLAIM -> assertThat(next).isEqualTo(new Outcome.Sent(3, 100));
            case AFTER_CLAIM, AFTER_SEND -> assertThat(next).isEqualTo(new Outcome.Left(SENDING));
            case AFTER_CLOSE -> assertThat(next).isEqualTo(new Outcome.Left(SENT));
        }
        assertThat(inTheTopic).isEqualTo(death == Death.AFTER_SEND || death == Death.AFTER_CLOSE ? 1 : 0);
        assertThat(broker.records).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void whatIsNotAcknowledgedStaysInDoubt() {
        // Given
        broker.answer = new Delivery.Unknown("no answer");

        // When
        Outcome first = redrive.unlessMarked(LETTER);
        broker.answer = null;
        Outcome second = redrive.unlessMarked(LETTER);

        // Then
        assertThat(first).isEqualTo(new Outcome.InDoubt("no answer"));
        assertThat(second).isEqualTo(new Outcome.Left(SENDING));
    }

    @Test
    void whatTheBrokerRefusesIsAsIfItHadNotBeenTried() {
        // Given
        broker.answer = new Delivery.Refused("too large");

        // When
        Outcome first = redrive.unlessMarked(LETTER);
        broker.answer = null;
        Outcome second = redrive.unlessMarked(LETTER);

        // Then
        assertThat(first).isEqualTo(new Outcome.Refused("too large"));
        assertThat(second).isEqualTo(new Outcome.Sent(3, 100));
    }

    @Test
    void aLetterThatIsNamedAndRefusedKeepsItsEarlierMark() {
        // Given
        redrive.unlessMarked(LETTER);
        broker.answer = new Delivery.Refused("too large");

        // When
        redrive.named(LETTER);

        // Then
        assertThat(grid.marks).containsEntry(LETTER.origin(), SENT);
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class Grid implements Redrive.Marks {
        private final Map<Origin, Mark> marks = new HashMap<>();
        private boolean diesBeforeClaim;
        private boolean diesBeforeClose;

        @Override
        public @Nullable Mark claim(Origin letter, Mark.Sending mark) {
            if (diesBeforeClaim) {
                throw new Died();
            }
            return marks.putIfAbsent(letter, mark);
        }

        @Override
        public void set(Origin letter, Mark mark) {
            if (diesBeforeClose) {
                throw new Died();
            }
            marks.put(letter, mark);
        }

        @Override
        public void remove(Origin letter) {
            marks.remove(letter);
        }
    }

    /** A topic whose topic partition 3 holds a hundred records of others. */
    private static final class Broker implements Redrive.Topic {
        private final List<Letter> records = new ArrayList<>();
        private @Nullable Delivery answer;
        private boolean dies;

        @Override
        public Delivery send(Letter letter) {
            if (dies) {
                throw new Died();
            }
            if (answer != null) {
                return answer;
            }
            records.add(letter);
            return new Delivery.Acknowledged(letter.origin().topicPartition(), 99L + records.size());
        }
    }
}
