package io.sightline.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a token is got, kept and renewed; the clock and the answers are the test's. */
class EntraTokensTest {
    private final List<CompletableFuture<EntraToken>> asked = new ArrayList<>();
    private final MovedClock clock = new MovedClock();
    /** What the next request gets at once; null for an answer that the test gives later. */
    private @Nullable CompletableFuture<EntraToken> prepared;

    private final EntraTokens tokens = new EntraTokens(this::ask, clock);

    @Test
    void aTokenIsKeptUntilAFifthOfItsLifeIsLeft() throws IOException {
        // Given
        given("one");

        // When
        clock.moves(Duration.ofSeconds(79));

        // Then
        assertThat(tokens.get().value()).isEqualTo("one");
        assertThat(asked).hasSize(1);
    }

    @Test
    void theNextIsFetchedWhileTheOneBeforeIsStillGood() throws IOException {
        // Given
        given("one");
        clock.moves(Duration.ofSeconds(80));

        // When
        assertThat(tokens.get().value()).isEqualTo("one");
        assertThat(tokens.get().value()).isEqualTo("one");
        assertThat(asked).hasSize(2);
        asked.get(1).complete(token("two"));

        // Then
        assertThat(tokens.get().value()).isEqualTo("two");
        assertThat(asked).hasSize(2);
    }

    @Test
    void aFailureLeavesTheOneBeforeAndIsTriedAgainFiveSecondsLater() throws IOException {
        // Given
        given("one");
        clock.moves(Duration.ofSeconds(80));
        tokens.get();
        asked.get(1).completeExceptionally(new EntraException("busy"));

        // When
        assertThat(tokens.get().value()).isEqualTo("one");
        clock.moves(Duration.ofMillis(4_999));
        assertThat(tokens.get().value()).isEqualTo("one");
        assertThat(asked).hasSize(2);
        clock.moves(Duration.ofMillis(1));
        tokens.get();

        // Then
        assertThat(asked).hasSize(3);
    }

    @Test
    void anExpiredTokenIsNotGivenAndWhyThereIsNoNewOneIsSaid() throws IOException {
        // Given
        given("one");
        clock.moves(Duration.ofSeconds(80));
        tokens.get();
        asked.get(1).completeExceptionally(new EntraException("busy"));
        tokens.get();

        // When
        clock.moves(Duration.ofSeconds(20));
        prepared = CompletableFuture.failedFuture(new EntraException("still busy"));

        // Then
        assertThatThrownBy(tokens::get).isInstanceOf(EntraException.class).hasMessage("still busy");
    }

    @Test
    void itPrintsNoToken() throws IOException {
        // Given
        given("secret-token");

        // Then
        assertThat(tokens.toString() + tokens.get()).doesNotContain("secret-token");
    }

    /** A token that was got. */
    private void given(String value) throws IOException {
        prepared = CompletableFuture.completedFuture(token(value));
        assertThat(tokens.get().value()).isEqualTo(value);
        prepared = null;
    }

    private CompletableFuture<EntraToken> ask() {
        CompletableFuture<EntraToken> answer = prepared == null ? new CompletableFuture<>() : prepared;
        asked.add(answer);
        return answer;
    }

    private EntraToken token(String value) {
        return new EntraToken(
                value, clock.millis(), clock.millis() + Duration.ofSeconds(100).toMillis());
    }

    private static final class MovedClock extends Clock {
        private Instant stands = Instant.parse("2026-05-01T10:00:00Z");

        void moves(Duration by) {
            stands = stands.plus(by);
        }

        @Override
        public Instant instant() {
            return stands;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
