package io.sightline.history.delta;

import io.delta.standalone.internal.exception.DeltaErrors.InvalidProtocolVersionException;
import io.sightline.history.HistoryException;
import java.io.IOException;
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
                            + "); restore a version before the upgrade, or "
                            + NEW_TABLE);
        }
        return new IOException("the table at " + folder + " cannot be read: " + firstLine(e), e);
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

    static HistoryException otherTopic(TableFolder folder, String offsets) {
        return HistoryException.unusableTable(
                folder.toString(),
                "its log has no " + offsets + "0, so it is the history of another topic; correct source.topic, or "
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
