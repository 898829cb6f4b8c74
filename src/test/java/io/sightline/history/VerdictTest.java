package io.sightline.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

    /** The prepared commit leads from [5, 7] to [9, 7]. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 7   | COMMIT",
                "9 7   | DONE",
                "9 8   | DISCARD",
                "12 20 | DISCARD",
                "9 7 0 | DISCARD",
                "4 7   | TABLE_BEHIND",
                "5 6   | TABLE_BEHIND",
                "5     | TABLE_BEHIND",
                "''    | TABLE_BEHIND",
                "6 7   | TABLE_ELSEWHERE",
                "5 8   | TABLE_ELSEWHERE",
                "9 6   | TABLE_ELSEWHERE",
                "8 9   | TABLE_ELSEWHERE",
            })
    void a_prepared_commit_is_judged_by_where_the_table_is(String table, Verdict expected) {
        PreparedCommit commit =
                new PreparedCommit(ProgressVector.of(5, 7), ProgressVector.of(9, 7), List.of(), new TreeMap<>());

        assertThat(Verdict.of(vector(table), commit)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"5 7, DONE", "5 8, DISCARD", "5 6, TABLE_BEHIND", "4 8, TABLE_ELSEWHERE"})
    void a_commit_of_nothing_still_says_where_the_table_must_be(String table, Verdict expected) {
        assertThat(Verdict.of(vector(table), PreparedCommit.none(ProgressVector.of(5, 7))))
                .isEqualTo(expected);
    }

    private static ProgressVector vector(String text) {
        ProgressVector vector = ProgressVector.NONE;
        if (!text.isEmpty()) {
            for (String next : text.split(" ", -1)) {
                vector = vector.with(vector.size(), Long.parseLong(next));
            }
        }
        return vector;
    }
}
