package io.sightline.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProgressVectorTest {

    @Test
    void contains_what_is_below_and_nothing_of_a_topic_partition_it_does_not_know() {
        ProgressVector vector = ProgressVector.of(3, 0);

        assertThat(vector.contains(0, 2)).isTrue();
        assertThat(vector.contains(0, 3)).isFalse();
        assertThat(vector.contains(1, 0)).isFalse();
        assertThat(vector.contains(2, 0)).isFalse();
    }

    @Test
    void the_maximum_takes_each_topic_partition_from_whoever_is_ahead() {
        assertThat(ProgressVector.of(3, 9).max(ProgressVector.of(5, 2, 1))).isEqualTo(ProgressVector.of(5, 9, 1));
        assertThat(ProgressVector.of(5, 2, 1).max(ProgressVector.of(3, 9))).isEqualTo(ProgressVector.of(5, 9, 1));
    }

    @Test
    void two_vectors_may_each_be_ahead_of_the_other() {
        ProgressVector one = ProgressVector.of(3, 9);
        ProgressVector other = ProgressVector.of(4, 8);

        assertThat(one.isAtLeast(other)).isFalse();
        assertThat(other.isAtLeast(one)).isFalse();
        assertThat(one.isAtLeast(one)).isTrue();
        assertThat(one.isAtLeast(ProgressVector.of(3))).isTrue();
        assertThat(ProgressVector.of(3).isAtLeast(ProgressVector.of(3, 0))).isFalse();
    }

    @Test
    void a_topic_partition_that_appears_leaves_those_before_it_at_their_beginning() {
        assertThat(ProgressVector.of(3).with(2, 7)).isEqualTo(ProgressVector.of(3, 0, 7));
    }

    @Test
    void an_offset_is_never_negative() {
        assertThatThrownBy(() -> ProgressVector.of(1, -1)).hasMessageContaining("[1, -1]");
    }
}
