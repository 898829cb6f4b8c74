/**
 * Marks in IMap entries: one bucket a grid partition, changed by single-key entry processors.
 *
 * <p>Only {@code submitToKey} is used: operations on several keys have asynchronous backups. The grid must be told to
 * fail operations whose backup did not answer ({@code hazelcast.operation.fail.on.indeterminate.state}); otherwise such a
 * batch counts as acknowledged with its marks on one member only.
 */
@NullMarked
package io.sightline.dedupe.imap;

import org.jspecify.annotations.NullMarked;
