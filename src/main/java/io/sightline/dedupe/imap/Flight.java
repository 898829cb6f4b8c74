package io.sightline.dedupe.imap;

import com.hazelcast.jet.core.Outbox;
import io.sightline.dedupe.Duplicate;
import io.sightline.dedupe.Verdict;
import io.sightline.event.Event;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A batch on its way to its bucket and back, and then out: how far its events are emitted. */
final class Flight {
    private final String map;
    private final int bucket;
    private final List<Event> events;
    private final CompletableFuture<long[]> answer;

    private @Nullable Verdict verdict;
    private int emitted;
    private int duplicatesEmitted;
    private @Nullable Duplicate offered;

    Flight(String map, int bucket, List<Event> events, CompletableFuture<long[]> answer) {
        this.map = map;
        this.bucket = bucket;
        this.events = events;
        this.answer = answer;
    }

    boolean isLanded() {
        return answer.isDone();
    }

    int size() {
        return events.size();
    }

    int duplicates() {
        return verdict().duplicates();
    }

    /**
     * Emits what is not yet emitted. False if the outbox is full: call again with the same outbox later.
     *
     * @throws com.hazelcast.jet.JetException if the batch was not judged
     */
    boolean emit(Outbox outbox, GapSink gaps) {
        Verdict judged = verdict();
        while (emitted < events.size()) {
            Event event = events.get(emitted);
            if (duplicatesEmitted < judged.duplicates() && judged.position(duplicatesEmitted) == emitted) {
                Duplicate duplicate = duplicate(event, judged);
                if (!outbox.offer(DeduplicateP.DUPLICATES, duplicate)) {
                    return false;
                }
                gaps.add(duplicate.gapMillis());
                offered = null;
                duplicatesEmitted++;
            } else if (!outbox.offer(DeduplicateP.ORIGINALS, event)) {
                return false;
            }
            emitted++;
        }
        return true;
    }

    /** Takes the gap of each duplicate that is out. */
    @FunctionalInterface
    interface GapSink {
        void add(long gapMillis);
    }

    private Duplicate duplicate(Event event, Verdict judged) {
        if (offered == null) {
            long gapMillis = Math.abs(event.sourceTimeMillis() - judged.firstTimeMillis(duplicatesEmitted));
            offered = new Duplicate(event, judged.first(duplicatesEmitted), gapMillis);
        }
        return offered;
    }

    private Verdict verdict() {
        if (verdict == null) {
            long[] words = words();
            if (words == null) {
                throw DedupeErrors.unanswered(map, bucket, null);
            }
            Verdict judged = Verdict.ofWords(words);
            if (judged.outcome() != Verdict.Outcome.JUDGED) {
                throw DedupeErrors.lost(map, bucket, judged.outcome());
            }
            verdict = judged;
        }
        return verdict;
    }

    private long @Nullable [] words() {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw DedupeErrors.unanswered(map, bucket, e.getCause());
        } catch (CancellationException e) {
            throw DedupeErrors.unanswered(map, bucket, e);
        }
    }
}
