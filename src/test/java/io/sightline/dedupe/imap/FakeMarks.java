package io.sightline.dedupe.imap;

import io.sightline.dedupe.MarkBucket;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Marks in plain buckets: judged at once, answered at once or when told to. */
final class FakeMarks implements Marks {
    private final int buckets;
    private final boolean prompt;
    private final Deque<Runnable> unanswered = new ArrayDeque<>();
    private @Nullable MarkBucket[] held = {};

    final List<MarkBatch> batches = new ArrayList<>();

    FakeMarks(int buckets, boolean prompt) {
        this.buckets = buckets;
        this.prompt = prompt;
        reset();
    }

    void reset() {
        held = IntStream.range(0, buckets).mapToObj(i -> new MarkBucket(1)).toArray(MarkBucket[]::new);
        batches.clear();
        unanswered.clear();
    }

    void replace(int bucket, @Nullable MarkBucket by) {
        held[bucket] = by;
    }

    void answerNext() {
        unanswered.remove().run();
    }

    int unanswered() {
        return unanswered.size();
    }

    @Override
    public String name() {
        return "marks";
    }

    @Override
    public int buckets() {
        return buckets;
    }

    @Override
    public int[] owned() {
        return IntStream.range(0, buckets).toArray();
    }

    @Override
    public CompletionStage<long[]> submit(int bucket, MarkBatch batch) {
        batches.add(batch);
        CompletableFuture<long[]> answer = new CompletableFuture<>();
        long[] verdict = batch.process(new AbstractMap.SimpleEntry<>(bucket, held[bucket]));
        unanswered.add(() -> answer.complete(verdict));
        if (prompt) {
            answerNext();
        }
        return answer;
    }
}
