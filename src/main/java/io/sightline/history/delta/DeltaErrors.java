package io.sightline.history.delta;

import io.delta.standalone.internal.exception.DeltaErrors.InvalidProtocolVersionException;
import io.sightline.history.HistoryException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/** What can be wrong with a table, in words for the person who has to do something about it. */
final class DeltaErrors {
    private static final String NEW_TABLE = "name an empty folder in history.table";

    private DeltaErrors() {}

    /** An error while reading: of the storage, worth a retry, unless the table itself is at fault, which is thrown. */
    static IOException onRead(TableFolder folder, Exception e) {
        if (e instanceof InvalidProtocolVersionException) {
            throw HistoryException.unusableTable(
                    folder.toString(),
                    "another program has upgraded it to a newer Delta protocol than reader version 1 and writer"
                            + " version 2, which every reader knows (" + firstLine(e)
                            + "); have that program take the upgrade back (in Spark: ALTER TABLE ... DROP FEATURE), or "
                            + NEW_TABLE);
        }
        return new IOException("the table at " + folder + " cannot be read: " + firstLine(e), e);
    }

    /** An error while a version was appended, which may be there or not. */
    static IOException onCommit(TableFolder folder, String action, Exception e) {
        return new IOException(
                "the table at " + folder + " did not take the commit " + action + ", or does not say so: "
                        + firstLine(e)
                        + "; nothing is lost either way, `sightline history versions` shows whether it is there",
                e);
    }

    static HistoryException otherRows(TableFolder folder, String file, long said, long found) {
        return HistoryException.unusableTable(
                folder.toString(),
                "its log says that " + file + " holds " + said + " rows, and it holds " + found
                        + "; it was changed after it was written: put it back from a copy, or restore an earlier version");
    }

    static HistoryException withoutDay(TableFolder folder, String file) {
        return HistoryException.unusableTable(
                folder.toString(),
                "another program wrote " + file + ", whose rows have no day; such rows may be among those to erase:"
                        + " delete them with that program, or name a day in the condition");
    }

    static HistoryException changedMeanwhile(TableFolder folder, LocalDate day) {
        return HistoryException.unusableTable(
                folder.toString(),
                "another program changed the files of " + day + " again and again meanwhile; earlier days are done:"
                        + " run the same command again");
    }

    static HistoryException noRoomBeside(TableFolder folder, String name) {
        return HistoryException.unusableTable(
                folder.toString(),
                "it is the root of its storage, and the table `" + name
                        + "` has to be in a folder beside it; name a folder below in history.table");
    }

    static HistoryException vacuumed(TableFolder folder, String file, Duration age) {
        return HistoryException.unusableTable(
                folder.toString(),
                "a commit prepared " + age.toHours() + " h ago names " + file
                        + ", which vacuum has taken since; its rows are still at the broker, so start cold from the table:"
                        + " stop the job and submit it again");
    }

    static HistoryException noVersion(TableFolder folder, long version, long oldest, long newest) {
        return HistoryException.unusableTable(
                folder.toString(),
                "it has no version " + version + " to read; there are " + oldest + " to " + newest
                        + ", older ones are gone from its log");
    }

    static HistoryException tooEarly(TableFolder folder, Instant moment, long oldest, Instant since) {
        return HistoryException.unusableTable(
                folder.toString(),
                "what it was at " + moment + " can no longer be read; the oldest version there is, " + oldest
                        + ", is of " + since);
    }

    static HistoryException vacuumedVersion(TableFolder folder, long version) {
        return HistoryException.unusableTable(
                folder.toString(),
                "a file of version " + version
                        + " is gone: vacuum has taken it, since the version is older than the retention; choose a later one");
    }

    static HistoryException noOffsets(TableFolder folder, long version, String topic) {
        return HistoryException.unusableTable(
                folder.toString(),
                "its log no longer says how far topic `" + topic + "` had been read at version " + version
                        + "; choose a later version, or keep the offsets as they are with --keep-offsets");
    }

    static HistoryException badProperty(TableFolder folder, String property, String value) {
        return HistoryException.unusableTable(
                folder.toString(),
                "its property " + property + " is `" + value
                        + "`; accepted: weeks, days, hours, minutes and seconds, as in interval 7 days");
    }

    static HistoryException noTable(TableFolder folder) {
        return HistoryException.unusableTable(
                folder.toString(), "there is none; name the folder that holds _delta_log, or the pipeline file");
    }

    static HistoryException unfinishedReplay(TableFolder folder) {
        return HistoryException.unusableTable(
                folder.toString(),
                "a replay into it has not ended, or is still under way; delete the folder, or name another with --table");
    }

    static HistoryException notFresh(TableFolder folder) {
        return HistoryException.unusableTable(
                folder.toString(),
                "a replay fills a new table, and the folder is not empty; name another with --table");
    }

    static HistoryException foreignType(TableFolder folder, String column, String type) {
        return HistoryException.unusableTable(
                folder.toString(),
                "another program has added `" + column + "`, which is " + type
                        + ", a type that no field has; use that program for it");
    }

    static HistoryException otherPartitioning(TableFolder folder, List<String> columns) {
        return HistoryException.unusableTable(
                folder.toString(),
                "it is partitioned by " + columns + ", expected [" + DeltaSchema.PARTITION.name() + "]; " + NEW_TABLE);
    }

    static HistoryException notOurs(TableFolder folder) {
        return HistoryException.unusableTable(
                folder.toString(), "it was made by another program, and holds no offsets to go on from; " + NEW_TABLE);
    }

    static HistoryException otherTopic(TableFolder folder, String offset) {
        return HistoryException.unusableTable(
                folder.toString(),
                "its log has no " + offset + ", so it is the history of another topic; correct source.topic, or "
                        + NEW_TABLE);
    }

    static String noHardLinks(TableFolder folder) {
        return "the table at " + folder
                + " cannot be written: its file system has no hard links, without which two writers"
                + " could write the same version; choose a folder on a local disk, or abfss://";
    }

    /** The first line of what an exception says, and that of its first cause. */
    static String firstLine(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String text = e.toString().lines().findFirst().orElse("");
        return root == e
                ? text
                : text + ": " + root.toString().lines().findFirst().orElse("");
    }
}
