/**
 * The protocol by which a table holds every original exactly once, and is the source of truth for progress. Plain Java.
 *
 * <p>The table's log carries, with the files, a {@linkplain io.sightline.history.ProgressVector vector} N: the next offset of
 * every topic partition. Losing the grid, and its job snapshots with it, therefore loses nothing: what comes after N is still
 * at the broker.
 *
 * <h2>Call order</h2>
 *
 * <ol>
 *   <li><b>claim</b> ({@link io.sightline.history.TableWriter#claim}): once for each execution of a job, on its coordinator.
 *       Creates the table if there is none. The claim, with N, goes to every processor.
 *   <li><b>restore</b> ({@link io.sightline.history.CommitState#restored} or {@code cold}): the committer takes the commit
 *       that the job snapshot holds, and judges it by N.
 *   <li><b>write</b>: each writer drops what is below N, and writes the rest to files that nobody can see.
 *   <li><b>seal</b> and <b>prepare</b> (phase 1, at the barrier): writers close their files and hand their descriptions on;
 *       decoding hands on how far it has read; the committer makes of both one
 *       {@link io.sightline.history.PreparedCommit}, which becomes part of the job snapshot.
 *   <li><b>settle</b> ({@link io.sightline.history.TableWriter#settle}, phase 2, once the job snapshot is complete on all
 *       members): look at the table, judge, append. Again and again until the answer is certain; a restored commit is
 *       settled the same way. Then on with 3.
 * </ol>
 *
 * <h2>Invariants</h2>
 *
 * Each with the test that breaks it on purpose, in {@code ProtocolModelTest}.
 *
 * <ol start="0">
 *   <li><b>The table holds exactly the originals whose offset is below N of their topic partition.</b> A commit is a
 *       compare-and-set of N from {@code from} to {@code to}, which compares every topic partition. {@code to} is what decoding
 *       had read at the barrier, never a maximum over rows. ({@code COMMITS_WITHOUT_COMPARING},
 *       {@code KEEPS_ROWS_BELOW_THE_TABLE}, {@code PREPARES_WITHOUT_ALL_FILES})
 *   <li>Nothing is visible before the job snapshot that holds it is complete. ({@code COMMITS_BEFORE_THE_SNAPSHOT})
 *   <li>Prepared means durable: a file that a commit names is closed and on storage. ({@code PREPARES_BEFORE_CLOSING})
 *   <li>Recovery may run any number of times: it looks before it acts, and looking at what it did itself it does nothing.
 *       ({@code RECOVERS_WITHOUT_LOOKING})
 *   <li>An unknown outcome is never taken for a failure, nor for a success: the log is read again.
 *       ({@code TAKES_UNKNOWN_FOR_FAILURE})
 *   <li>A file is deleted only when the log provably does not name it. Nothing here deletes; what is left over is for
 *       vacuum. ({@code DELETES_AFTER_UNKNOWN})
 *   <li>A stale writer is refused by the table, not by a timer: each claim puts up a fence with a higher epoch, in the same
 *       log, and an append compares it. ({@code IGNORES_THE_FENCE})
 * </ol>
 *
 * <h2>Crash table</h2>
 *
 * <table>
 * <caption>What a death leaves, and what becomes of it</caption>
 * <tr><th>died after</th><th>found</th><th>done</th><th>proved by</th></tr>
 * <tr><td>the claim's append, no answer</td><td>perhaps a fence that nobody holds</td><td>the next claim replaces it</td>
 *     <td>{@code TableWriterTest.a_claim_without_an_answer_is_made_again_with_a_higher_epoch}</td></tr>
 * <tr><td>writing files</td><td>table at {@code to} of the last job snapshot; files nobody names</td><td>replay writes new
 *     ones</td><td>{@code ProtocolModelTest.a_crash_after_any_step_leaves_each_row_once}</td></tr>
 * <tr><td>sealing on some members, or preparing</td><td>the same</td><td>the same</td><td>the same</td></tr>
 * <tr><td>job snapshot complete, nothing appended</td><td>table at {@code from}</td><td>the prepared commit is
 *     settled: the same files</td><td>the same, and {@code VerdictTest}</td></tr>
 * <tr><td>append sent, no answer</td><td>table at {@code from} or at {@code to}, or at {@code from} and later at
 *     {@code to}</td><td>looked at again: settled, or done</td>
 *     <td>{@code ProtocolModelTest.any_interleaving_leaves_each_row_once}</td></tr>
 * <tr><td>appended, not told</td><td>table at {@code to}: <b>job snapshot equal to the table</b></td><td>nothing</td>
 *     <td>{@code CommitStateTest.a_job_snapshot_equal_to_the_table_has_nothing_left_to_do}</td></tr>
 * <tr><td>a job snapshot lost, an earlier one restored</td><td>table beyond {@code to}: <b>job snapshot older than the
 *     table</b></td><td>its files are discarded, replayed events below N dropped</td>
 *     <td>{@code CommitStateTest.a_job_snapshot_older_than_the_table_goes_on_from_the_table}</td></tr>
 * <tr><td>the table taken back to an earlier version</td><td>table before {@code from}: <b>job snapshot newer than the
 *     table</b></td><td>refused: start cold</td>
 *     <td>{@code CommitStateTest.a_job_snapshot_newer_than_the_table_is_refused}</td></tr>
 * <tr><td>another writer moved the table and is gone</td><td>table between {@code from} and {@code to}</td><td>refused: start
 *     cold</td><td>{@code CommitStateTest.a_table_that_another_writer_has_moved_is_refused}</td></tr>
 * <tr><td>all members, and all job snapshots</td><td>the table</td><td>cold start from N</td>
 *     <td>{@code ProtocolModelTest.a_crash_after_any_step_leaves_each_row_once}</td></tr>
 * <tr><td>cut off, still running</td><td>a fence with a higher epoch</td><td>refused at the next settle</td>
 *     <td>{@code ProtocolModelTest.any_interleaving_leaves_each_row_once}</td></tr>
 * </table>
 */
@NullMarked
package io.sightline.history;

import org.jspecify.annotations.NullMarked;
