package io.sightline.history.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** What other programs do to a Delta table beside its writer, as text in its log: nothing of ours takes part. */
public final class OtherProgram {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path table;

    public OtherProgram(Path table) {
        this.table = table;
    }

    /** Raises the table to reader version 3 and writer version 7, as deletion vectors or column mapping do. */
    public void upgradeProtocol() throws IOException {
        append(() -> List.of(JSON.readTree("""
                {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7,
                    "readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}}""")));
    }

    /** Takes that back, which only a person can do: the newest version is as if it had never been. */
    public void deleteNewestVersion() throws IOException {
        List<Path> versions = versions();
        Files.delete(versions.get(versions.size() - 1));
    }

    /** Adds a column that may be null, as {@code ALTER TABLE ... ADD COLUMN} does. */
    public void addColumn(String name) throws IOException {
        append(() -> {
            ObjectNode metadata = newest("metaData");
            ObjectNode schema = (ObjectNode)
                    JSON.readTree(metadata.path("metaData").path("schemaString").textValue());
            ((ArrayNode) schema.get("fields"))
                    .addObject()
                    .put("name", name)
                    .put("type", "string")
                    .put("nullable", true)
                    .putObject("metadata");
            ((ObjectNode) metadata.get("metaData")).put("schemaString", schema.toString());
            return List.of(metadata);
        });
    }

    /** Writes the newest data file anew under another name, as {@code OPTIMIZE} does with several. */
    public void rewriteNewestFile() throws IOException {
        ObjectNode add = newest("add");
        ObjectNode file = (ObjectNode) add.get("add");
        String path = file.get("path").textValue();
        String copy = path.replaceFirst("[^/]*$", "optimized-" + UUID.randomUUID() + ".parquet");
        Files.copy(table.resolve(path), table.resolve(copy));
        file.put("path", copy).put("dataChange", false);
        ObjectNode remove = JSON.createObjectNode();
        remove.putObject("remove")
                .put("path", path)
                .put("deletionTimestamp", file.get("modificationTime").longValue())
                .put("dataChange", false);
        append(() -> List.of(remove, add));
    }

    private interface Actions {
        List<? extends JsonNode> get() throws IOException;
    }

    /** Once more, on top of it, as often as the writer was faster. */
    private void append(Actions actions) throws IOException {
        boolean appended = false;
        while (!appended) {
            appended = appendAs(versions().size(), actions);
        }
    }

    private boolean appendAs(long version, Actions actions) throws IOException {
        Path draft = Files.createTempFile(table, ".draft", "");
        try {
            List<String> lines = new ArrayList<>();
            for (JsonNode action : actions.get()) {
                lines.add(action.toString());
            }
            Files.write(draft, lines);
            Files.createLink(log().resolve(String.format("%020d.json", version)), draft);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.delete(draft);
        }
    }

    /** The newest action of a kind, as a line of the log. */
    private ObjectNode newest(String kind) throws IOException {
        ObjectNode found = null;
        for (Path version : versions()) {
            for (String line : Files.readAllLines(version)) {
                ObjectNode action = (ObjectNode) JSON.readTree(line);
                found = action.has(kind) ? action : found;
            }
        }
        if (found == null) {
            throw new IllegalStateException("no " + kind + " in " + log());
        }
        return found;
    }

    /** In order and without a gap, since nobody cleans up a log so young. */
    private List<Path> versions() throws IOException {
        try (Stream<Path> files = Files.list(log())) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]{20}\\.json"))
                    .sorted()
                    .toList();
        }
    }

    private Path log() {
        return table.resolve("_delta_log");
    }
}
