package io.sightline.history;

/**
 * The recovery rule: what becomes of a prepared commit, judged by nothing but where the table is. The same rule for the first
 * try, for a retry, after an unknown outcome and after a restart.
 */
enum Verdict {
    /** The table is at {@code to}: whoever brought it there, nothing is missing. */
    DONE,
    /** The table is at {@code from}. */
    COMMIT,
    /** The table is beyond {@code to}, so it holds these originals already, in other files. */
    DISCARD,
    /** The table is before {@code from}: it was taken back, or another table is in its place. */
    TABLE_BEHIND,
    /** The table is somewhere in between: it holds some of these originals and not others. */
    TABLE_ELSEWHERE;

    static Verdict of(ProgressVector table, PreparedCommit commit) {
        if (table.equals(commit.to())) {
            return DONE;
        }
        if (table.equals(commit.from())) {
            return COMMIT;
        }
        if (table.isAtLeast(commit.to())) {
            return DISCARD;
        }
        return commit.from().isAtLeast(table) ? TABLE_BEHIND : TABLE_ELSEWHERE;
    }
}
