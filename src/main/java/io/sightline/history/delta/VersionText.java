package io.sightline.history.delta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.standalone.Operation;
import io.sightline.history.DataFile;
import io.sightline.history.TableChange;
import java.util.ArrayList;
import java.util.List;

/**
 * A version that appends files, line by line as the log holds it, by the Delta protocol's section "Actions": what Delta
 * writes of the same change.
 */
final class VersionText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private VersionText() {}

    /** @param read the version before */
    static List<String> of(long read, TableChange change, String topic) {
        List<String> lines = new ArrayList<>();
        lines.add(commitInfo(read, change));
        DeltaTableLog.transactions(topic, change).forEach((id, value) -> lines.add(transaction(id, value)));
        change.files().forEach(file -> lines.add(add(file)));
        return lines;
    }

    private static String commitInfo(long read, TableChange change) {
        ObjectNode action = JSON.createObjectNode();
        ObjectNode info = action.putObject("commitInfo");
        info.put("timestamp", change.committedAtMillis());
        info.put("operation", Operation.Name.STREAMING_UPDATE.toString());
        info.putObject("operationParameters");
        info.put("readVersion", read);
        info.put("isolationLevel", change.files().isEmpty() ? "SnapshotIsolation" : "Serializable");
        info.put("isBlindAppend", true);
        CommitNote.metrics(change).forEach(info.putObject("operationMetrics")::put);
        info.put("userMetadata", CommitNote.of(change));
        info.put("engineInfo", OpenTable.ENGINE);
        return action.toString();
    }

    private static String transaction(String applicationId, long value) {
        ObjectNode action = JSON.createObjectNode();
        action.putObject("txn").put("appId", applicationId).put("version", value);
        return action.toString();
    }

    private static String add(DataFile file) {
        ObjectNode action = JSON.createObjectNode();
        ObjectNode add = action.putObject("add");
        add.put("path", file.path());
        add.putObject("partitionValues")
                .put(DeltaSchema.PARTITION.name(), file.date().toString());
        add.put("size", file.bytes());
        add.put("modificationTime", file.modifiedAtMillis());
        add.put("dataChange", true);
        add.put("stats", StatisticsText.of(file));
        return action.toString();
    }
}
