package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.TableRows;
import io.sightline.history.delta.TestTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code history restore --rewind} against a real broker. */
final class HistoryRestoreIT {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    private Path folder;

    private String topic;
    private Path table;
    private Path file;

    @BeforeEach
    void writeTopicAndTable() throws IOException {
        topic = BROKER.newTopic(1);
        for (int i = 0; i < 9; i++) {
            BROKER.send(topic, 0, 1_000, "{}");
        }
        table = folder.resolve("table");
        TestTable written = new TestTable(table, topic);
        written.commit(DAY, 4);
        written.commit(DAY, 5);
        file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: rewound
                source: {topic: %s, bootstrap-servers: "%s"}
                event: {time: event_time, fields: {item: string, event_time: {type: timestamp, required: true}}}
                deduplicate: {key: [item], horizon: 1m}
                hot-window: {keep: 1m, index: [[event_time]]}
                history: {table: "%s"}
                """.formatted(topic, BROKER.broker().bootstrapServers(), table));
    }

    @Test
    void rowsAndOffsetsGoBackIfTheBrokerHoldsWhatIsToBeReadAgain() throws IOException {
        // When
        Ran ran = restore();

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("has the rows of version 1 (1 files out, 0 in), and the job will read again");
        assertThat(TableRows.origins(table)).hasSize(4);
        assertThat(new TestTable(table, topic).nextOffset()).isEqualTo(4);
    }

    @Test
    void theTablesBesideGoBackToTheSameRecords() throws IOException {
        // Given
        Path letters = folder.resolve("rewound_dead_letters");
        TestTable ofLetters = new TestTable(letters, topic);
        ofLetters.commit(DAY, 3);
        ofLetters.commit(DAY, 1);
        ofLetters.commit(DAY, 5);

        // When
        Ran ran = restore();

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isZero();
        assertThat(TableRows.origins(letters)).hasSize(4);
        assertThat(new TestTable(letters, topic).nextOffset()).isEqualTo(4);
    }

    @Test
    void theyDoNotIfItNoLongerHoldsIt() throws Exception {
        // Given
        BROKER.dropRecords(topic, 0, 6);

        // When
        Ran ran = restore();

        // Then
        assertThat(ran.exitStatus()).isEqualTo(1);
        assertThat(ran.errLines())
                .containsExactly(
                        "sightline: version 1 goes on at offset 4 of topic partition 0, and the broker holds those"
                                + " from 6 to 9: what is missing would be missing from the table; choose a later version, or"
                                + " --keep-offsets");
        assertThat(TableRows.origins(table)).hasSize(9);
    }

    private Ran restore() {
        return Ran.sightline("history", "restore", file.toString(), "--version", "1", "--rewind", "--force");
    }
}
