package io.sightline.history;

/**
 * What is known after one append to a table log.
 *
 * <table>
 * <caption>What each means</caption>
 * <tr><th>outcome</th><th>in the log</th><th>then</th></tr>
 * <tr><td>{@link Committed}</td><td>yes</td><td>done</td></tr>
 * <tr><td>{@link Conflict}</td><td>no</td><td>look, then as {@link Verdict} says</td></tr>
 * <tr><td>{@link Retryable}</td><td>no</td><td>wait, look, then as {@link Verdict} says</td></tr>
 * <tr><td>{@link Unknown}</td><td>perhaps, or perhaps later</td><td>the same: never taken for a failure</td></tr>
 * <tr><td>{@link Rejected}</td><td>no</td><td>stop and tell a person</td></tr>
 * </table>
 */
public sealed interface Outcome {

    /**
     * It is in the log.
     *
     * @param version the table version that names the files
     */
    record Committed(long version) implements Outcome {}

    /** The table is no longer as it was read. */
    record Conflict(String reason) implements Outcome {}

    /** The storage did not take it, and says so. */
    record Retryable(String reason) implements Outcome {}

    /** The answer did not come. */
    record Unknown(String reason) implements Outcome {}

    /** No retry can help. */
    record Rejected(String reason) implements Outcome {}
}
