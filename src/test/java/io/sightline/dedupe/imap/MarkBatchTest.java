package io.sightline.dedupe.imap;

import static io.sightline.dedupe.imap.TestEvents.event;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.map.EntryProcessor;
import io.sightline.dedupe.Duplicate;
import io.sightline.dedupe.MarkBucket;
import io.sightline.dedupe.Rule;
import io.sightline.dedupe.Sightings;
import io.sightline.dedupe.Verdict;
import io.sightline.event.Event;
import io.sightline.event.Origin;
import java.util.AbstractMap.SimpleEntry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MarkBatchTest {
    private static final Event FIRST = event(7, 0, 10, 1000);
    private static final Event COPY = event(7, 0, 11, 1000);
    private static final Event OTHER = event(8, 0, 12, 1000);

    @Test
    void the_backup_is_sent_the_originals_and_judges_nothing() {
        // Given
        MarkBucket primary = new MarkBucket(1);
        MarkBucket backup = new MarkBucket(1);
        MarkBatch batch = batch(false, FIRST, COPY, OTHER);

        // When
        run(batch, primary);
        run(backupOf(batch), backup);

        // Then
        assertThat(backup.marks()).isEqualTo(2).isEqualTo(primary.marks());
        assertThat(backup.expireBefore()).isEqualTo(primary.expireBefore()).isEqualTo(500);
    }

    @Test
    void a_batch_of_duplicates_has_nothing_for_the_backup() {
        // Given
        MarkBucket primary = new MarkBucket(1);
        run(batch(false, FIRST), primary);
        MarkBatch batch = batch(false, COPY);

        // When
        run(batch, primary);

        // Then
        assertThat(batch.getBackupProcessor()).isNull();
    }

    @Test
    void a_retry_sends_the_backup_what_the_first_try_may_not_have() {
        // Given
        MarkBucket primary = new MarkBucket(1);
        MarkBucket backupThatMissedTheFirstTry = new MarkBucket(1);
        run(batch(false, FIRST, COPY), primary);
        MarkBatch retry = batch(false, FIRST, COPY);

        // When
        run(retry, primary);
        run(backupOf(retry), backupThatMissedTheFirstTry);

        // Then
        assertThat(primary.marks()).isEqualTo(1);
        assertThat(backupThatMissedTheFirstTry.marks()).isEqualTo(1);
    }

    @Test
    void a_missing_bucket_is_answered_and_not_made() {
        // Given
        Map.Entry<Integer, @Nullable MarkBucket> entry = new SimpleEntry<>(1, null);
        MarkBatch batch = batch(true, FIRST);

        // When
        Verdict verdict = Verdict.ofWords(batch.process(entry));

        // Then
        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.NO_BUCKET);
        assertThat(entry.getValue()).isNull();
        assertThat(batch.getBackupProcessor()).isNull();
    }

    @Test
    void a_bucket_of_another_incarnation_is_left_alone() {
        // Given
        MarkBucket bucket = new MarkBucket(2);
        MarkBatch batch = batch(true, FIRST);
        MarkBatch own = batch(true, FIRST);
        run(own, new MarkBucket(1));

        // When
        Verdict verdict = run(batch, bucket);
        run(backupOf(own), bucket);

        // Then
        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.OTHER_INCARNATION);
        assertThat(bucket.marks()).isZero();
        assertThat(batch.getBackupProcessor()).isNull();
    }

    @Test
    void a_batch_that_lags_behind_its_bucket_is_refused_on_the_backup_s_behalf_too() {
        // Given
        MarkBucket bucket = new MarkBucket(1, 501, Sightings.NONE);
        MarkBatch batch = batch(true, FIRST);

        // When
        Verdict verdict = run(batch, bucket);

        // Then
        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.BEHIND);
        assertThat(batch.getBackupProcessor()).isNull();
    }

    @Test
    void a_touch_renews_the_entry_here_and_on_the_backup_even_without_events() {
        // Given
        MarkBatch touch = batch(true);
        CountingEntry primary = new CountingEntry(new MarkBucket(1));
        CountingEntry backup = new CountingEntry(new MarkBucket(1));

        // When
        touch.process(primary);
        backupOf(touch).process(backup);

        // Then
        assertThat(primary.sets).isEqualTo(1);
        assertThat(backup.sets).isEqualTo(1);
    }

    @Test
    void everything_survives_the_journey_to_another_member() {
        // Given
        SerializationConfig config = new SerializationConfig();
        DedupeSerializers.all().forEach(config::addSerializerConfig);
        InternalSerializationService service =
                new DefaultSerializationServiceBuilder().setConfig(config).build();
        MarkBucket bucket = new MarkBucket(1);
        MarkBatch batch = batch(true, FIRST, COPY, OTHER);

        // When
        MarkBatch batchThere = service.toObject(service.toData(batch));
        Verdict verdict = run(batchThere, bucket);
        EntryProcessor<Integer, MarkBucket, long[]> insertsThere =
                service.toObject(service.toData(backupOf(batchThere)));
        MarkBucket backup = new MarkBucket(1);
        run(insertsThere, backup);
        MarkBucket bucketThere = service.toObject(service.toData(backup));
        Duplicate duplicate = new Duplicate(COPY, verdict.first(0), 3);
        Duplicate duplicateThere = service.toObject(service.toData(duplicate));

        // Then
        assertThat(verdict.position(0)).isEqualTo(1);
        assertThat(bucketThere.marks()).isEqualTo(2);
        assertThat(bucketThere.incarnation()).isEqualTo(1);
        assertThat(bucketThere.expireBefore()).isEqualTo(500);
        assertThat(run(batch, bucketThere).words()).isEqualTo(verdict.words());
        assertThat(duplicateThere.first()).isEqualTo(new Origin(0, 10, 0));
        assertThat(duplicateThere.gapMillis()).isEqualTo(3);
        assertThat(duplicateThere.event().origin()).isEqualTo(COPY.origin());
    }

    private static MarkBatch batch(boolean touch, Event... events) {
        return new MarkBatch(1, 500, 100, Rule.ORIGIN, touch, Sightings.of(List.of(events)));
    }

    private static Verdict run(MarkBatch batch, MarkBucket bucket) {
        return Verdict.ofWords(batch.process(new SimpleEntry<>(1, bucket)));
    }

    private static void run(EntryProcessor<Integer, MarkBucket, long[]> inserts, MarkBucket bucket) {
        inserts.process(new SimpleEntry<>(1, bucket));
    }

    private static EntryProcessor<Integer, MarkBucket, long[]> backupOf(MarkBatch batch) {
        return requireNonNull(batch.getBackupProcessor(), "the batch has no backup processor");
    }

    private static final class CountingEntry extends SimpleEntry<Integer, MarkBucket> {
        private static final long serialVersionUID = 1;

        int sets;

        CountingEntry(MarkBucket bucket) {
            super(1, bucket);
        }

        @Override
        public MarkBucket setValue(MarkBucket value) {
            sets++;
            return super.setValue(value);
        }
    }
}
