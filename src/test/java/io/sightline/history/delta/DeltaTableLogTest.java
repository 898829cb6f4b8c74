package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.standalone.DeltaLog;
import io.delta.standalone.Operation;
import io.delta.standalone.OptimisticTransaction;
import io.delta.standalone.actions.AddFile;
import io.delta.standalone.actions.Metadata;
import io.delta.standalone.types.IntegerType;
import io.delta.standalone.types.LongType;
import io.delta.standalone.types.StructType;
import io.delta.storage.LogStore;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.DataFile;
import io.sightline.history.Fence;
import io.sightline.history.HistoryException;
import io.sightline.history.Outcome;
import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import io.sightline.history.Settlement;
import io.sightline.history.TableChange;
import io.sightline.history.TableState;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaTableLogTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final long DAY_MICROS = DAY.toEpochDay() * 86_400_000_000L;
    private static final List<Column> COLUMNS =
            List.of(new Column("event_time", FieldType.TIMESTAMP), new Column("item", FieldType.STRING));
    private static final WriterIdentity WRITER = new WriterIdentity("grid", "detections");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ProgressVector START = ProgressVector.of(4, 0);

    @TempDir
    private Path folder;

    private long now = 1_777_777_777_777L;
    private int named;

    @Test
    void a_table_that_is_not_there_is_no_table() throws IOException {
        assertThat(log().read()).isEqualTo(TableState.NO_TABLE);
    }

    @Test
    void a_new_table_is_readable_by_everyone() throws IOException {
        // When
        writer().claim(request(WRITER));

        // Then
        KernelTable table = KernelTable.newest(folder);
        assertThat(table.snapshot().getProtocol().getMinReaderVersion()).isEqualTo(1);
        assertThat(table.snapshot().getProtocol().getMinWriterVersion()).isEqualTo(2);
        assertThat(table.columns()).containsExactly("event_time", "item", "event_date");
        assertThat(table.snapshot().getPartitionColumnNames()).containsExactly("event_date");
        assertThat(table.snapshot().getTableProperties())
                .containsEntry("delta.appendOnly", "true")
                .containsEntry("delta.logRetentionDuration", "interval 7 days")
                .doesNotContainKey("delta.setTransactionRetentionDuration");
    }

    @Test
    void one_commit_carries_files_offsets_fence_and_counters_and_another_log_reads_them_back() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        now += 5_000;
        SortedMap<String, Long> counters = new TreeMap<>(Map.of("events", 12L, "dead_letters/not_json", 3L));

        // When
        Settlement settled = writer.settle(
                claim.fence(), new PreparedCommit(START, ProgressVector.of(9, 7, 1), files("a", "b"), counters));

        // Then
        assertThat(settled).isEqualTo(new Settlement.Committed(1, ProgressVector.of(9, 7, 1)));
        assertThat(log().read())
                .isEqualTo(new TableState(1, ProgressVector.of(9, 7, 1), new Fence(1, WRITER), now, counters));
        KernelTable table = KernelTable.newest(folder);
        assertThat(table.rows()).extracting(row -> row.get("item")).containsExactlyInAnyOrder("a", "b");
        assertThat(table.transaction("sightline/next_offset/topic/2")).isEqualTo(1);
        assertThat(table.transaction("sightline/fence")).isEqualTo(1);
    }

    @Test
    void everything_survives_checkpoints_and_a_second_claim() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        ProgressVector at = START;

        // When
        for (int i = 0; i < 25; i++) {
            ProgressVector to = at.with(0, at.next(0) + 1);
            SortedMap<String, Long> counters = new TreeMap<>(Map.of("events", (long) i));
            Settlement settled = writer.settle(claim.fence(), new PreparedCommit(at, to, files("item-" + i), counters));
            assertThat(settled).isInstanceOf(Settlement.Committed.class);
            at = to;
        }

        // Then
        assertThat(folder.resolve("_delta_log/_last_checkpoint")).exists();
        assertThat(writer().claim(request(WRITER)))
                .isEqualTo(new Claim(new Fence(2, WRITER), at, new TreeMap<>(Map.of("events", 24L))));
        assertThat(log().read().counters()).containsEntry("events", 24L);
        assertThat(KernelTable.newest(folder).rows()).hasSize(25);
        assertThat(KernelTable.version(folder, 3).rows()).hasSize(3);
        TableChecker.check(folder);
    }

    @Test
    void two_commits_on_top_of_one_state_conflict_even_if_they_move_different_topic_partitions() throws IOException {
        // Given
        Claim claim = writer().claim(request(WRITER));
        DeltaTableLog one = log();
        DeltaTableLog other = log();
        TableState seen = one.read();
        TableState seenToo = other.read();

        // When
        Outcome first = one.append(seen, change(claim.fence(), ProgressVector.of(5, 0), files("a")));
        Outcome second = other.append(seenToo, change(claim.fence(), ProgressVector.of(4, 1), files("b")));

        // Then
        assertThat(first).isInstanceOf(Outcome.Committed.class);
        assertThat(second).isInstanceOf(Outcome.Conflict.class);
        assertThat(KernelTable.newest(folder).rows()).hasSize(1);
    }

    @Test
    void a_claim_in_between_fences_the_commit_off() throws IOException {
        // Given
        Claim old = writer().claim(request(WRITER));
        DeltaTableLog slow = log();
        TableState seen = slow.read();

        // When
        writer().claim(request(WRITER));
        Outcome late = slow.append(seen, change(old.fence(), ProgressVector.of(5, 0), files("a")));

        // Then
        assertThat(late).isInstanceOf(Outcome.Conflict.class);
        assertThat(writer().settle(old.fence(), commit(START, ProgressVector.of(5, 0), files("a"))))
                .isInstanceOf(Settlement.Refused.class);
    }

    @Test
    void two_that_make_the_table_at_once_make_one() throws IOException {
        // Given
        DeltaTableLog one = log();
        DeltaTableLog other = log();
        TableState seen = one.read();
        TableState seenToo = other.read();

        // Then
        assertThat(one.append(seen, change(new Fence(1, WRITER), START, List.of())))
                .isInstanceOf(Outcome.Committed.class);
        assertThat(other.append(seenToo, change(new Fence(1, WRITER), START, List.of())))
                .isInstanceOf(Outcome.Conflict.class);
    }

    @Test
    void another_name_takes_over_with_its_name_in_the_table() throws IOException {
        // Given
        Claim old = writer().claim(request(WRITER));
        WriterIdentity spare = new WriterIdentity("spare", "detections");

        // When
        writer().claim(new ClaimRequest(spare, Duration.ofSeconds(30), true, START));

        // Then
        assertThat(log().read().fence()).isEqualTo(new Fence(2, spare));
        assertThat(writer().settle(old.fence(), commit(START, START, List.of())))
                .isInstanceOfSatisfying(
                        Settlement.Refused.class,
                        refused -> assertThat(refused.reason())
                                .hasMessageContaining("spare/detections has taken the table over"));
    }

    @Test
    void a_field_newly_declared_becomes_a_column_with_the_next_commit_and_old_versions_stay_readable()
            throws IOException {
        // Given
        Claim claim = writer().claim(request(WRITER));
        writer().settle(claim.fence(), commit(START, ProgressVector.of(5, 0), files("old")));
        List<Column> more = new ArrayList<>(COLUMNS);
        more.add(new Column("score", FieldType.DOUBLE));

        // When
        DeltaTableLog wider = new DeltaTableLog(folder(), "topic", more);
        Settlement settled = new TableWriter(wider, () -> now)
                .settle(
                        claim.fence(),
                        commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), filesOf(more, "new", 0.5)));

        // Then
        assertThat(settled).isEqualTo(new Settlement.Committed(2, ProgressVector.of(6, 0)));
        KernelTable table = KernelTable.newest(folder);
        assertThat(table.snapshot().getProtocol().getMinWriterVersion()).isEqualTo(2);
        assertThat(table.columns()).containsExactly("event_time", "item", "event_date", "score");
        assertThat(table.rows())
                .extracting(row -> row.get("item") + " " + row.get("score"))
                .containsExactlyInAnyOrder("old null", "new 0.5");
        assertThat(KernelTable.version(folder, 1).columns()).containsExactly("event_time", "item", "event_date");
    }

    @Test
    void a_field_that_is_gone_leaves_its_column() throws IOException {
        // Given
        Claim claim = writer().claim(request(WRITER));
        List<Column> fewer = COLUMNS.subList(0, 1);

        // When
        Settlement settled = new TableWriter(new DeltaTableLog(folder(), "topic", fewer), () -> now)
                .settle(claim.fence(), commit(START, ProgressVector.of(5, 0), filesOf(fewer)));

        // Then
        assertThat(settled).isInstanceOf(Settlement.Committed.class);
        assertThat(KernelTable.newest(folder).rows().get(0)).containsEntry("item", null);
    }

    @Test
    void a_type_change_is_refused_with_the_reason() throws IOException {
        // Given
        writer().claim(request(WRITER));
        List<Column> changed =
                List.of(new Column("event_time", FieldType.TIMESTAMP), new Column("item", FieldType.LONG));

        // Then
        assertThatThrownBy(() -> new DeltaTableLog(folder(), "topic", changed).read())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("`item` is string there and long now")
                .hasMessageContaining("give the field a new name");
    }

    @Test
    void metadata_that_another_program_changes_meanwhile_costs_one_more_look_and_no_new_file() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        DeltaTableLog slow = log();
        PreparedCommit commit = commit(START, ProgressVector.of(5, 0), files("a"));
        TableState seen = slow.read();

        // When
        foreignMetadata(metadata -> metadata.copyBuilder()
                .schema(metadata.getSchema().add("note", new IntegerType()))
                .build());
        Outcome first = slow.append(seen, change(claim.fence(), commit.to(), commit.files()));
        Settlement second = writer.settle(claim.fence(), commit);

        // Then
        assertThat(first).isInstanceOf(Outcome.Conflict.class);
        assertThat(second).isEqualTo(new Settlement.Committed(2, commit.to()));
        assertThat(KernelTable.newest(folder).rows())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("note", null).containsEntry("item", "a"));
        assertThat(TableChecker.dataFiles(folder)).hasSize(1);
    }

    @Test
    void files_that_another_program_compacts_meanwhile_are_no_obstacle() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        writer.settle(
                claim.fence(),
                new PreparedCommit(START, ProgressVector.of(5, 0), files("a"), new TreeMap<>(Map.of("events", 1L))));
        DeltaTableLog slow = log();
        TableState seen = slow.read();

        // When
        compact("a");
        Outcome outcome = slow.append(seen, change(claim.fence(), ProgressVector.of(6, 0), files("b")));

        // Then
        assertThat(outcome).isEqualTo(new Outcome.Committed(3));
        assertThat(KernelTable.newest(folder).rows()).hasSize(2);
    }

    @Test
    void a_commit_on_top_of_the_one_before_reads_nothing() throws IOException {
        // Given
        TableFolder counted = CountedStorage.folder(folder);
        TableWriter writer = new TableWriter(new DeltaTableLog(counted, "topic", COLUMNS), () -> now);
        Claim claim = writer.claim(request(WRITER));
        writer.settle(claim.fence(), commit(START, ProgressVector.of(5, 0), files("a")));
        Map<CountedStorage.Call, Long> before = CountedStorage.calls();

        // When
        writer.settle(claim.fence(), commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), files("b")));

        // Then
        Map<CountedStorage.Call, Long> calls = CountedStorage.calls();
        before.forEach((call, count) -> calls.merge(call, -count, Long::sum));
        assertThat(calls)
                .containsEntry(CountedStorage.Call.LIST, 0L)
                .containsEntry(CountedStorage.Call.OPEN, 0L)
                .containsEntry(CountedStorage.Call.RENAME, 1L);
        assertThat(KernelTable.newest(folder).rows()).hasSize(2);
    }

    @Test
    void a_version_on_top_of_ours_says_what_delta_itself_writes() throws IOException {
        // Given
        Claim claim = writer().claim(request(WRITER));
        SortedMap<String, Long> counters = new TreeMap<>(Map.of("events", 12L, "dead_letters/\"odd\" ü", 3L));
        List<DataFile> files = files("a \"quoted\" ü", "b");
        TableWriter writer = writer();
        writer.settle(claim.fence(), new PreparedCommit(START, ProgressVector.of(9, 7, 1), files, counters));

        // When
        TableChange change = new TableChange(ProgressVector.of(9, 7, 1), files, claim.fence(), now, counters);
        List<String> lines = VersionText.of(0, change, "topic");

        // Then
        List<String> deltas = Files.readAllLines(folder.resolve("_delta_log/00000000000000000001.json"));
        assertThat(lines).hasSameSizeAs(deltas);
        assertThat(lines.subList(1, lines.size())).isEqualTo(deltas.subList(1, deltas.size()));
        ObjectNode info = (ObjectNode) JSON.readTree(lines.get(0)).get("commitInfo");
        ObjectNode deltasInfo = (ObjectNode) JSON.readTree(deltas.get(0)).get("commitInfo");
        List<String> differing = List.of("timestamp", "engineInfo");
        assertThat(info.deepCopy().remove(differing))
                .isEqualTo(deltasInfo.deepCopy().remove(differing));
        assertThat(info.get("timestamp").asLong()).isEqualTo(now);
        assertThat(deltasInfo.get("engineInfo").asText())
                .startsWith(info.get("engineInfo").asText());
    }

    @Test
    void a_foreign_version_after_ours_is_read_before_the_next() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        writer.settle(claim.fence(), commit(START, ProgressVector.of(5, 0), files("a")));

        // When
        foreignMetadata(metadata -> metadata.copyBuilder()
                .schema(metadata.getSchema().add("note", new IntegerType()))
                .build());
        Settlement settled =
                writer.settle(claim.fence(), commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), files("b")));

        // Then
        assertThat(settled).isEqualTo(new Settlement.Committed(3, ProgressVector.of(6, 0)));
        assertThat(KernelTable.newest(folder).rows()).hasSize(2);
        assertThat(log().read().progress()).isEqualTo(ProgressVector.of(6, 0));
    }

    @Test
    void compaction_after_ours_is_passed_by_without_reading_the_log_anew() throws IOException {
        // Given
        TableFolder counted = CountedStorage.folder(folder);
        TableWriter writer = new TableWriter(new DeltaTableLog(counted, "topic", COLUMNS), () -> now);
        Claim claim = writer.claim(request(WRITER));
        SortedMap<String, Long> counters = new TreeMap<>(Map.of("events", 1L));
        writer.settle(claim.fence(), new PreparedCommit(START, ProgressVector.of(5, 0), files("a"), counters));
        compact("a");
        compact("a");
        Map<CountedStorage.Call, Long> before = CountedStorage.calls();

        // When
        PreparedCommit commit = commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), files("b"));
        Settlement settled = writer.settle(claim.fence(), commit);

        // Then
        assertThat(settled).isEqualTo(new Settlement.Committed(4, ProgressVector.of(6, 0)));
        assertThat(CountedStorage.calls())
                .containsEntry(CountedStorage.Call.LIST, before.get(CountedStorage.Call.LIST));
        assertThat(KernelTable.newest(folder).rows())
                .extracting(row -> row.get("item"))
                .containsExactlyInAnyOrder("a", "b");
        assertThat(log().read().progress()).isEqualTo(ProgressVector.of(6, 0));
    }

    @Test
    void nothing_is_written_where_the_table_of_the_last_commit_is_gone() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        writer.settle(claim.fence(), commit(START, ProgressVector.of(5, 0), files("a")));

        // When
        Path log = folder.resolve("_delta_log");
        Files.move(log, folder.resolve("away"));
        Settlement settled =
                writer.settle(claim.fence(), commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), List.of()));

        // Then
        assertThat(settled)
                .isInstanceOfSatisfying(
                        Settlement.Unsettled.class,
                        unsettled -> assertThat(unsettled.why().toString()).contains("the table is gone"));
        assertThat(log).doesNotExist();
        Files.move(folder.resolve("away"), log);
        assertThat(writer.settle(claim.fence(), commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), List.of())))
                .isInstanceOf(Settlement.Committed.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_table_made_anew_in_the_place_of_ours_is_not_continued_as_if_it_were_ours(boolean afterNothing)
            throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        writer.settle(claim.fence(), commit(START, ProgressVector.of(5, 0), files("a")));

        if (afterNothing) {
            writer.settle(claim.fence(), commit(ProgressVector.of(5, 0), ProgressVector.of(5, 0), List.of()));
        }

        // When another has as many versions
        Files.move(folder.resolve("_delta_log"), folder.resolve("away"));
        WriterIdentity spare = new WriterIdentity("spare", "detections");
        TableWriter other = writer();
        Claim theirs = other.claim(request(spare));
        other.settle(theirs.fence(), commit(START, ProgressVector.of(5, 0), files("other")));
        Settlement settled =
                writer.settle(claim.fence(), commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), List.of()));

        // Then
        assertThat(settled)
                .isInstanceOfSatisfying(
                        Settlement.Refused.class,
                        refused -> assertThat(refused.reason())
                                .hasMessageContaining("spare/detections has taken the table over"));
        assertThat(log().read().version()).isEqualTo(1);
    }

    @Test
    void a_foreign_version_after_ours_that_cannot_be_read_is_worth_a_retry() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        writer.settle(claim.fence(), commit(START, ProgressVector.of(5, 0), files("a")));
        Path torn = folder.resolve("_delta_log/00000000000000000002.json");
        Files.writeString(torn, "{\"torn");

        // When
        PreparedCommit commit = commit(ProgressVector.of(5, 0), ProgressVector.of(6, 0), files("b"));
        Settlement first = writer.settle(claim.fence(), commit);
        Files.delete(torn);
        Settlement second = writer.settle(claim.fence(), commit);

        // Then
        assertThat(first).isInstanceOf(Settlement.Unsettled.class);
        assertThat(second).isEqualTo(new Settlement.Committed(2, commit.to()));
    }

    @Test
    void counters_are_found_behind_commits_of_other_programs() throws IOException {
        // Given
        TableWriter writer = writer();
        Claim claim = writer.claim(request(WRITER));
        SortedMap<String, Long> counters = new TreeMap<>(Map.of("events", 7L));
        writer.settle(claim.fence(), new PreparedCommit(START, ProgressVector.of(5, 0), files("a"), counters));

        // When
        for (int i = 0; i < 3; i++) {
            int number = i;
            foreignMetadata(metadata ->
                    metadata.copyBuilder().description("number " + number).build());
        }

        // Then
        assertThat(log().read().counters()).isEqualTo(counters);
    }

    @Test
    void an_append_whose_answer_is_lost_is_found_by_looking_and_not_made_twice() throws IOException {
        // Given a log store that fails after it has written, on the second version
        Claim claim = writer().claim(request(WRITER));
        DeltaTableLog lossy = new DeltaTableLog(
                TableFolder.of(folder.toString(), Map.of("delta.logStore.file.impl", AnswerLost.class.getName())),
                "topic",
                COLUMNS);
        TableWriter writer = new TableWriter(lossy, () -> now);
        PreparedCommit commit = commit(START, ProgressVector.of(5, 0), files("a"));

        // When
        Settlement first = writer.settle(claim.fence(), commit);
        Settlement second = writer.settle(claim.fence(), commit);

        // Then
        assertThat(first)
                .isInstanceOfSatisfying(
                        Settlement.Unsettled.class,
                        unsettled -> assertThat(unsettled.why())
                                .isInstanceOfSatisfying(
                                        Outcome.Unknown.class,
                                        unknown -> assertThat(unknown.reason()).contains("answer lost")));
        assertThat(second).isEqualTo(new Settlement.Committed(1, commit.to()));
        assertThat(KernelTable.newest(folder).rows()).hasSize(1);
    }

    @Test
    void an_append_that_the_storage_does_not_take_can_be_tried_again() throws IOException {
        // Given
        Claim claim = writer().claim(request(WRITER));
        DeltaTableLog full = new DeltaTableLog(
                TableFolder.of(folder.toString(), Map.of("delta.logStore.file.impl", Full.class.getName())),
                "topic",
                COLUMNS);
        PreparedCommit commit = commit(START, ProgressVector.of(5, 0), files("a"));

        // When
        Settlement refused = new TableWriter(full, () -> now).settle(claim.fence(), commit);
        Settlement again = writer().settle(claim.fence(), commit);

        // Then
        assertThat(refused).isInstanceOf(Settlement.Unsettled.class);
        assertThat(again).isEqualTo(new Settlement.Committed(1, commit.to()));
    }

    @Test
    void a_table_of_a_newer_protocol_is_refused_in_words() throws IOException {
        // Given
        writer().claim(request(WRITER));
        Files.writeString(
                folder.resolve("_delta_log/00000000000000000001.json"),
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"deletionVectors\"],"
                        + "\"writerFeatures\":[\"deletionVectors\"]}}\n");

        // Then
        assertThatThrownBy(() -> log().read())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("another program has upgraded it to a newer Delta protocol");
    }

    @Test
    void a_table_of_another_program_is_left_alone() throws IOException {
        // Given
        OptimisticTransaction transaction =
                DeltaLog.forTable(folder().configuration(), folder().path()).startTransaction();
        transaction.updateMetadata(Metadata.builder()
                .schema(new StructType().add("item", new LongType()))
                .build());
        transaction.commit(List.of(), new Operation(Operation.Name.CREATE_TABLE), "another program");

        // Then
        assertThatThrownBy(() -> log().read())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("`item` is long there and string now");
        assertThatThrownBy(() -> new DeltaTableLog(folder(), "topic", List.of()).read())
                .hasMessageContaining("partitioned by [], expected [event_date]");
    }

    @Test
    void a_table_of_another_topic_is_refused() throws IOException {
        // Given
        writer().claim(request(WRITER));

        // Then
        assertThatThrownBy(() -> new DeltaTableLog(folder(), "other", COLUMNS).read())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("has no sightline/next_offset/other/0")
                .hasMessageContaining("the history of another topic");
    }

    @Test
    void a_folder_that_cannot_be_read_is_worth_a_retry() throws IOException {
        // Given
        writer().claim(request(WRITER));
        Files.writeString(folder.resolve("_delta_log/00000000000000000001.json"), "{\"torn");

        // Then
        assertThatThrownBy(() -> log().read()).isInstanceOf(IOException.class).hasMessageContaining("cannot be read");
    }

    @Test
    void no_side_file_is_left_in_the_log() throws IOException {
        // Given
        Claim claim = writer().claim(request(WRITER));
        writer().settle(claim.fence(), commit(START, ProgressVector.of(5, 0), files("a")));

        // Then
        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.filter(Files::isRegularFile)
                            .map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "00000000000000000000.json", "00000000000000000001.json", "part-0.snappy.parquet");
        }
    }

    /** Fails after the second version is written. */
    public static final class AnswerLost extends Wrapped {
        public AnswerLost(Configuration configuration) {
            super(configuration);
        }

        @Override
        public void write(
                org.apache.hadoop.fs.Path path, Iterator<String> actions, Boolean overwrite, Configuration conf)
                throws IOException {
            super.write(path, actions, overwrite, conf);
            throw new IOException("answer lost");
        }
    }

    /** Has no room. */
    public static final class Full extends Wrapped {
        public Full(Configuration configuration) {
            super(configuration);
        }

        @Override
        public void write(
                org.apache.hadoop.fs.Path path, Iterator<String> actions, Boolean overwrite, Configuration conf)
                throws IOException {
            throw new IOException("no space left on device");
        }
    }

    /** The store of local tables, to be made worse. */
    private static class Wrapped extends LogStore {
        private final LinkLogStore store;

        Wrapped(Configuration configuration) {
            super(configuration);
            this.store = new LinkLogStore(configuration);
        }

        @Override
        public io.delta.storage.CloseableIterator<String> read(
                org.apache.hadoop.fs.Path path, Configuration configuration) throws IOException {
            return store.read(path, configuration);
        }

        @Override
        public void write(
                org.apache.hadoop.fs.Path path, Iterator<String> actions, Boolean overwrite, Configuration conf)
                throws IOException {
            store.write(path, actions, overwrite, conf);
        }

        @Override
        public Iterator<org.apache.hadoop.fs.FileStatus> listFrom(
                org.apache.hadoop.fs.Path path, Configuration configuration) throws IOException {
            return store.listFrom(path, configuration);
        }

        @Override
        public org.apache.hadoop.fs.Path resolvePathOnPhysicalStorage(
                org.apache.hadoop.fs.Path path, Configuration configuration) throws IOException {
            return store.resolvePathOnPhysicalStorage(path, configuration);
        }

        @Override
        public Boolean isPartialWriteVisible(org.apache.hadoop.fs.Path path, Configuration configuration) {
            return true;
        }
    }

    /** As another program would: the table's only file is replaced by another, of a row of this item. */
    private void compact(String item) throws IOException {
        DeltaLog foreign = DeltaLog.forTable(folder().configuration(), folder().path());
        OptimisticTransaction transaction = foreign.startTransaction();
        AddFile file = foreign.snapshot().getAllFiles().get(0);
        DataFile again = files(item).get(0);
        AddFile rewritten = AddFile.builder(again.path(), file.getPartitionValues(), again.bytes(), now, false)
                .build();
        transaction.commit(
                List.of(file.remove(false), rewritten), new Operation(Operation.Name.MANUAL_UPDATE), "another program");
    }

    private interface Change {
        Metadata of(Metadata metadata);
    }

    private void foreignMetadata(Change change) {
        OptimisticTransaction transaction =
                DeltaLog.forTable(folder().configuration(), folder().path()).startTransaction();
        transaction.updateMetadata(change.of(transaction.metadata()));
        transaction.commit(List.of(), new Operation(Operation.Name.ADD_COLUMNS), "another program");
    }

    private TableFolder folder() {
        return TableFolder.of(folder.toString(), new HashMap<>());
    }

    private DeltaTableLog log() {
        return new DeltaTableLog(folder(), "topic", COLUMNS);
    }

    private TableWriter writer() {
        return new TableWriter(log(), () -> now);
    }

    private static ClaimRequest request(WriterIdentity identity) {
        return new ClaimRequest(identity, Duration.ofSeconds(30), false, START);
    }

    private static PreparedCommit commit(ProgressVector from, ProgressVector to, List<DataFile> files) {
        return new PreparedCommit(from, to, files, new TreeMap<>());
    }

    private TableChange change(Fence fence, ProgressVector to, List<DataFile> files) {
        return new TableChange(to, files, fence, now, new TreeMap<>());
    }

    /** One file a row. */
    private List<DataFile> files(String... items) throws IOException {
        List<DataFile> files = new ArrayList<>();
        for (String item : items) {
            files.addAll(filesOf(COLUMNS, item));
        }
        return files;
    }

    /** One file of one row: the event's time, and these values behind it. */
    private List<DataFile> filesOf(List<Column> columns, @Nullable Object... values) throws IOException {
        TableFiles files =
                new TableFiles(folder(), columns, Compression.SNAPPY, 1 << 20, () -> "part-" + named++, () -> now);
        @Nullable Object[] row = new @Nullable Object[columns.size()];
        row[0] = DAY_MICROS;
        System.arraycopy(values, 0, row, 1, values.length);
        files.write(DAY, row);
        return files.seal();
    }
}
