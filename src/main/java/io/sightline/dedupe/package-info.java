/**
 * Ids, marks and the rule that tells an original from a duplicate. Plain Java.
 *
 * <h2>The rule</h2>
 *
 * A <em>mark</em> is what is remembered of a first sighting: id, origin, source time. An id may have several. For a
 * sighting with origin {@code o} and source time {@code t}, in this order:
 *
 * <ol>
 *   <li>a mark of its id bears {@code o}: <b>original</b>. It has been judged before (replay, retry, a dying execution),
 *       and gets the same answer;
 *   <li>a mark of its id lies within the horizon, {@code |t - mark.time| <= horizon}: <b>duplicate</b> of the earliest
 *       such mark (of equal times, the one whose origin is first);
 *   <li>else a mark {@code (o, t)} is added: <b>original</b>.
 * </ol>
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>A mark is never overwritten. Were the mark of a later original to replace that of an earlier one, the replay of a
 *       duplicate of the earlier would find nothing and pass.
 *   <li>A mark is dropped only once its time is before {@code expireBefore}: the watermark at the barrier of the last
 *       <em>completed</em> job snapshot, less the horizon. A restart goes back to that barrier at most, and what comes
 *       after it has source times not before that watermark: all it can meet is still there.
 *   <li>Nothing is judged by whether an expired mark still happens to be there. A bucket knows the greatest
 *       {@code expireBefore} it was told; step 2 skips marks older than that, and is skipped for sightings older than that.
 *       A batch that says less than its bucket knows may need marks that are gone, and is refused: it comes from an
 *       execution that was cut off (or from a job that went back further than it may). Were it judged, it could take an old
 *       duplicate for an original, whose mark would then turn a later original into a duplicate.
 *   <li>What was once said to be original is said to be original again, by every replay, on the primary and on a promoted
 *       backup. What was said to be a duplicate is a duplicate again, if its source time is not before the watermark (only
 *       a topic partition that was idle and comes back with old records can bring such; it then passes: too much rather
 *       than too little).
 *   <li>Within one topic partition, originals of one id are more than a horizon apart, and each duplicate is at most a
 *       horizon after an original.
 *   <li>A barrier passes only when every verdict before it is in, acknowledged by the backup and emitted. The backup is sent
 *       the marks of <em>all</em> originals of a batch, also those the primary already had: the operation that added them may
 *       have died before its backup.
 *   <li>A lost bucket is not an empty one: buckets are created once, at job start, with an incarnation number. No bucket, or
 *       one of another incarnation, fails the job.
 * </ol>
 *
 * <h2>Crash table</h2>
 *
 * <table>
 * <caption>What a death leaves, and what becomes of it</caption>
 * <tr><th>died after</th><th>found</th><th>done</th><th>proved by</th></tr>
 * <tr><td>events read, nothing submitted</td><td>no marks</td><td>replay judges them anew</td>
 *     <td>{@code RuleLawsTest.a_replay_repeats_every_verdict}</td></tr>
 * <tr><td>marks added, nothing emitted</td><td>own marks</td><td>step 1: originals pass</td>
 *     <td>{@code RuleLawsTest.a_replay_repeats_every_verdict}; with marks that have no origin they are lost:
 *     {@code naive_marks_lose_originals_in_a_replay}</td></tr>
 * <tr><td>primary changed, backup not</td><td>promoted backup lacks marks, or (the primary lives) has them too late</td>
 *     <td>the unacknowledged operation restarts the job; the replay adds them or sends them to the backup again</td>
 *     <td>{@code MarkBatchTest.a_retry_sends_the_backup_what_the_first_try_may_not_have}</td></tr>
 * <tr><td>emitted, barrier not passed</td><td>own marks; sinks saw rows</td><td>same verdicts; sinks are idempotent or
 *     transactional</td><td>{@code RuleLawsTest.a_replay_repeats_every_verdict}</td></tr>
 * <tr><td>barrier passed, snapshot incomplete</td><td>marks up to the barrier</td><td>nothing was expired by that barrier;
 *     replay from the one before</td><td>{@code DeduplicatePTest.a_failed_snapshot_expires_nothing}</td></tr>
 * <tr><td>snapshot complete, expiry not yet told</td><td>marks older than needed</td><td>expired by the next one</td>
 *     <td>{@code RuleLawsTest.a_replay_repeats_every_verdict}</td></tr>
 * <tr><td>expiry told, marks dropped</td><td>only marks that replay can meet</td><td>replay finds all it needs</td>
 *     <td>{@code RuleLawsTest.a_replay_repeats_every_verdict}</td></tr>
 * <tr><td>one member of several</td><td>the backup's bucket</td><td>it has every acknowledged mark</td>
 *     <td>{@code MarksClusterTest.marks_survive_the_loss_of_a_member}</td></tr>
 * <tr><td>all copies of a bucket</td><td>no bucket</td><td>the job fails and says so</td>
 *     <td>{@code DeduplicatePTest.a_lost_bucket_fails_the_job_and_says_what_to_do}</td></tr>
 * <tr><td>an execution cut off, still writing</td><td>marks with the origins of events that the new execution reads
 *     too</td><td>step 1; refused once the new execution expires marks</td><td>{@code RuleLawsTest.a_cut_off_execution_does_no_harm}</td></tr>
 * </table>
 */
@NullMarked
package io.sightline.dedupe;

import org.jspecify.annotations.NullMarked;
