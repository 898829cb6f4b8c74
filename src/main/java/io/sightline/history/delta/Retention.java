package io.sightline.history.delta;

import io.delta.standalone.OptimisticTransaction;
import io.delta.standalone.actions.AddFile;
import io.delta.standalone.actions.Metadata;
import io.delta.standalone.actions.RemoveFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Takes whole days out of a table once they are old: every file of the table partition. Their rows go; what has been read of
 * the topic does not change, so they do not come back. See {@link TableCare} for what holds when others write, or when it dies.
 *
 * <p>{@code delta.appendOnly} promises that no row ever goes. A table that days are taken from no longer is what it says, so the
 * promise goes with the first of them, in a version of its own: Delta looks for it in the version before. A Spark stream that
 * reads the table needs {@code ignoreDeletes} from then on, which is made for exactly this.
 */
final class Retention {
    private static final String APPEND_ONLY = "delta.appendOnly";

    private final OpenTable table;
    private final Duration keep;

    /** @param keep how long a day stays after it has ended */
    Retention(OpenTable table, Duration keep) {
        this.table = table;
        this.keep = keep;
    }

    /**
     * What was done.
     *
     * @param days that are no longer in the table, oldest first
     * @param files that the newest version no longer names
     */
    record Done(List<LocalDate> days, int files, int conflicts) {
        static final Done NOTHING = new Done(List.of(), 0, 0);
    }

    boolean isDue(Instant now) throws IOException {
        return table.newest().getAllFiles().stream().anyMatch(file -> isOld(file, now));
    }

    /** Drops what is old by now; at a conflict nothing, the next time will do. */
    Done run(Instant now) throws IOException {
        if (!isDue(now)) {
            return Done.NOTHING;
        }
        if (!endAppendOnly(table)) {
            return new Done(List.of(), 0, 1);
        }
        OptimisticTransaction begun = table.begin();
        List<AddFile> old = table.base().getAllFiles().stream()
                .filter(file -> isOld(file, now))
                .toList();
        SortedSet<LocalDate> days = new TreeSet<>();
        for (AddFile file : old) {
            LocalDate day = RowSelection.day(file);
            if (day != null) {
                days.add(day);
            }
        }
        List<RemoveFile> removed = old.stream().map(AddFile::remove).toList();
        CommitNote.Care note =
                new CommitNote.Care("DROP DAYS", Map.of("numRemovedFiles", String.valueOf(removed.size())));
        if (table.commit(begun, removed, note).isEmpty()) {
            return new Done(List.of(), 0, 1);
        }
        return new Done(List.copyOf(days), removed.size(), 0);
    }

    private boolean isOld(AddFile file, Instant now) {
        LocalDate day = RowSelection.day(file);
        return day != null && day.isBefore(LocalDate.ofInstant(now.minus(keep), ZoneOffset.UTC));
    }

    /** Lets rows be taken out, from the next version on. False if another commit was in the way. */
    static boolean endAppendOnly(OpenTable table) throws IOException {
        OptimisticTransaction begun = table.begin();
        if (!isAppendOnly(begun)) {
            return true;
        }
        Metadata metadata = begun.metadata();
        Map<String, String> properties = new HashMap<>(metadata.getConfiguration());
        properties.put(APPEND_ONLY, "false");
        begun.updateMetadata(metadata.copyBuilder().configuration(properties).build());
        return table.commit(begun, List.of(), new CommitNote.Care("END APPEND ONLY", Map.of()))
                .isPresent();
    }

    /** Whether the table promises that no row ever goes. */
    static boolean isAppendOnly(OptimisticTransaction begun) {
        return Boolean.parseBoolean(begun.metadata().getConfiguration().get(APPEND_ONLY));
    }
}
