package io.sightline.spec;

import io.sightline.event.FieldType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline file's format: every key, what may stand there, and every default. The one description of it; rules that
 * tie several places together are in {@link CrossCheck}.
 */
final class PipelineFormat {
    private static final Shape.Name RELATION = new Shape.Name(Names.RELATION);
    private static final Shape.Name COLUMN = new Shape.Name(Names.COLUMN);
    private static final Shape.Text EXISTING_COLUMN = new Shape.Text("a column name", Names.ACCEPTED, Names.REGEX);
    private static final Shape.Choice TYPE = new Shape.Choice(
            "a type", Arrays.stream(FieldType.values()).map(FieldType::yamlName).toList());

    // source
    static final Key TOPIC = Key.required(
            "topic",
            new Shape.Text("a topic", "letters, digits, dots, _ and -, at most 249 long", "[A-Za-z0-9._-]{1,249}"),
            "The topic, or the event hub, to read.");
    static final Key BOOTSTRAP_SERVERS = Key.required(
            "bootstrap-servers",
            new Shape.Referable("an address", "host:port, several separated by commas", false),
            "Where the brokers are: host:port, several separated by commas. May hold references.");
    static final Key PROFILE = Key.optional(
            "profile",
            new Shape.Choice("a profile", "kafka", "event-hubs"),
            "kafka",
            "The kind of broker; event-hubs is the Kafka endpoint of Azure Event Hubs.");
    static final Key CONNECTION_STRING = Key.optional(
            "connection-string",
            new Shape.Referable("a reference to a secret", "${env:NAME} or ${file:PATH}", true),
            "The Event Hubs connection string, as a reference; with profile event-hubs only.");
    static final Key IDENTITY = Key.optional(
            "identity",
            new Shape.Choice("an identity", "workload", "managed"),
            "Enters Event Hubs with tokens of Entra ID in place of a connection string: as the AKS workload identity of the"
                    + " pod, or as the managed identity of the virtual machine.");
    static final Key FORMAT = Key.optional(
            "format",
            new Shape.Choice("a format", "json"),
            "json",
            "How a record is written: one JSON object, or an array of objects.");
    static final Key START = Key.optional(
            "start",
            new Shape.Text(
                    "a start",
                    "earliest, latest, or a time with its offset, as in 2026-09-21T14:00:00Z",
                    "earliest|latest|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?"
                            + "(Z|[+-][0-9]{2}:[0-9]{2})"),
            "earliest",
            "Where a job with no progress yet begins to read.");
    static final Key PARTITIONS_FROM = Key.optional(
            "partitions-from",
            new Shape.Whole("a number of topic partitions", 99_999),
            "0",
            "What the topic's first partition is numbered: as many as the history's table holds already, where this topic"
                    + " follows one of the same name that is gone, as in another region.");
    static final Key IDLE_TIMEOUT = Key.optional(
            "idle-timeout",
            new Shape.Span(
                    Duration.ofMillis(100),
                    Duration.ofHours(1),
                    "shorter, and a pause passes for the end; longer, and one silent topic partition holds up the"
                            + " others"),
            "5s",
            "After this long without a record a topic partition no longer holds the watermark back.");
    static final Shape.Keys SOURCE = new Shape.Keys(
            TOPIC,
            BOOTSTRAP_SERVERS,
            PROFILE,
            CONNECTION_STRING,
            IDENTITY,
            FORMAT,
            START,
            PARTITIONS_FROM,
            IDLE_TIMEOUT);

    // event
    static final Key FIELD_TYPE = Key.required("type", TYPE, "The field's type.");
    static final Key FIELD_FROM = Key.optional(
            "from",
            new Shape.Text("a JSON pointer", "a path from the top of the object, as in /bbox/x", "(/([^/~]|~0|~1)*)+"),
            "Where the value stands in the JSON object, as a JSON pointer; by default at the top, under the name.");
    static final Key FIELD_REQUIRED = Key.optional(
            "required", new Shape.Truth(), "false", "Whether an event without this field is a dead letter.");
    private static final Shape FIELD = new Shape.Either(TYPE, new Shape.Keys(FIELD_TYPE, FIELD_FROM, FIELD_REQUIRED));
    static final Key TIME =
            Key.required("time", EXISTING_COLUMN, "The field that carries event time: a required timestamp.");
    static final Key FIELDS = Key.required(
            "fields", new Shape.Named(COLUMN, FIELD, 1), "The fields of an event: a type, or type, from and required.");
    static final Key UNKNOWN_FIELDS = Key.optional(
            "unknown-fields",
            new Shape.Choice("a way with unknown fields", "keep", "drop"),
            "keep",
            "Fields that are not declared are kept as JSON in the column extra, or dropped.");
    private static final Shape.Span PLAUSIBLE_SPAN = new Shape.Span(
            Duration.ofSeconds(1),
            Duration.ofDays(3650),
            "clocks are seldom in step to the second, and a wrong one is off by years");
    static final Key AHEAD = Key.optional(
            "ahead", PLAUSIBLE_SPAN, "24h", "An event time further ahead of source time is a dead letter.");
    static final Key BEHIND =
            Key.optional("behind", PLAUSIBLE_SPAN, "30d", "An event time further behind source time is a dead letter.");
    static final Key PLAUSIBLE =
            Key.optional("plausible", new Shape.Keys(AHEAD, BEHIND), "How far event time may be off from source time.");
    static final Shape.Keys EVENT = new Shape.Keys(TIME, FIELDS, UNKNOWN_FIELDS, PLAUSIBLE);

    // deduplicate
    static final Key KEY =
            Key.required("key", new Shape.Items("fields", EXISTING_COLUMN, 1), "The fields that identify an event.");
    static final Key OTHERWISE = Key.optional(
            "otherwise",
            new Shape.Items("fields", EXISTING_COLUMN, 1),
            "The fields that identify an event when one of key is missing.");
    static final Key HORIZON = Key.optional(
            "horizon",
            new Shape.Span(
                    Duration.ofSeconds(1),
                    Duration.ofDays(30),
                    "shorter, and a re-sent event passes for a new one; longer, and the ids outgrow the memory"),
            "10m",
            "How long an id is remembered, in source time.");
    static final Shape.Keys DEDUPLICATE = new Shape.Keys(KEY, OTHERWISE, HORIZON);

    // enrich
    static final Key REFERENCE =
            Key.required("reference", RELATION, "The name of the reference data, and of its relation in SQL.");
    static final Key FROM = Key.required(
            "from",
            new Shape.Referable("a path", "the path of a CSV or JSON-lines file, or of a folder of such", false),
            "A CSV or JSON-lines file, or a folder of such, as the members see it, or on abfss://. May hold references.");
    static final Key JOIN_KEY = Key.required(
            "key", EXISTING_COLUMN, "The field to join on; the reference data has a column of the same name.");
    static final Key ADD = Key.required(
            "add",
            new Shape.Either(new Shape.Items("new column names", COLUMN, 1), new Shape.Named(COLUMN, TYPE, 1)),
            "The columns that a matching event gets: names with types, or a list of names, which are then strings.");
    static final Key REFRESH = Key.optional(
            "refresh",
            new Shape.Span(
                    Duration.ofSeconds(1),
                    Duration.ofDays(1),
                    "shorter, and looking costs more than it finds; longer, and a change seems lost"),
            "30s",
            "How often the file is looked at for a change.");
    private static final Shape.Keys ENRICHMENT = new Shape.Keys(REFERENCE, FROM, JOIN_KEY, ADD, REFRESH);

    // hot-window
    static final Key HOT_KEEP = Key.optional(
            "keep",
            new Shape.Span(
                    Duration.ofSeconds(1),
                    Duration.ofDays(7),
                    "shorter, and dashboards find nothing; longer, and the events outgrow the memory"),
            "15m",
            "How long an event stays in memory, in source time.");
    static final Key INDEX = Key.optional(
            "index",
            new Shape.Items("lists of columns", new Shape.Items("columns", EXISTING_COLUMN, 1), 0),
            "Sorted indexes, each over one or more columns; each costs memory and time per event.");
    static final Shape.Keys HOT_WINDOW_KEYS = new Shape.Keys(HOT_KEEP, INDEX);

    // rollups
    static final Key ROLLUP_NAME =
            Key.required("name", RELATION, "The rollup's name, and that of its relation in SQL.");
    static final Key WINDOW = Key.required(
            "window",
            new Shape.Span(
                    Duration.ofMillis(100),
                    Duration.ofDays(31),
                    "shorter than rows are written; longer than they make sense in memory"),
            "The length of a window; windows tumble and are aligned to 1970-01-01T00:00Z.");
    static final Key BY = Key.optional(
            "by",
            new Shape.Items("columns", EXISTING_COLUMN, 0),
            "The columns that, with the window's start, are the key of a row.");
    static final Key CARRY = Key.optional(
            "carry",
            new Shape.Items("columns", EXISTING_COLUMN, 0),
            "Further columns of a row, with the value of the group's latest event.");
    private static final Shape.Text MEASURE = new Shape.Text(
            "a measure",
            "count, or sum, avg, min or max with a numeric column, as in avg confidence",
            "count|(sum|avg|min|max) +" + Names.REGEX);
    static final Key MEASURES =
            Key.required("measures", new Shape.Named(COLUMN, MEASURE, 1), "What is aggregated: a name with a measure.");
    static final Key CORRECT_FOR = Key.optional(
            "correct-for",
            new Shape.Span(
                    Duration.ofMillis(100),
                    Duration.ofDays(31),
                    "shorter than rows are written; longer, and the job's state outgrows its snapshot"),
            "5m",
            "How long after its end a window still takes late events.");
    static final Key ROLLUP_KEEP = Key.optional(
            "keep",
            new Shape.Span(
                    Duration.ofSeconds(1),
                    Duration.ofDays(366),
                    "shorter, and dashboards find nothing; longer, and the rows outgrow the memory"),
            "1h",
            "How long rows stay readable.");
    private static final Shape.Keys ROLLUP =
            new Shape.Keys(ROLLUP_NAME, WINDOW, BY, CARRY, MEASURES, CORRECT_FOR, ROLLUP_KEEP);

    // history
    static final Key TABLE = Key.required(
            "table",
            new Shape.Referable(
                    "a folder", "a local folder, or abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/FOLDER", false),
            "The folder of the Delta table, as the members see it. May hold references.");
    static final Key PARTITION_BY = Key.optional(
            "partition-by",
            new Shape.Choice("a column", "event_date"),
            "event_date",
            "What the table is partitioned by: the day of the event in UTC.");
    static final Key COMMIT_EVERY = Key.optional(
            "commit-every",
            new Shape.Span(
                    Duration.ofSeconds(1),
                    Duration.ofHours(1),
                    "shorter, and the table is all small files; longer, and its readers wait"),
            "30s",
            "How often the job takes a snapshot, each of which is one commit.");
    static final Key COMPRESSION = Key.optional(
            "compression",
            new Shape.Choice(
                    "a compression",
                    Arrays.stream(HistorySpec.Compression.values())
                            .map(HistorySpec.Compression::yamlName)
                            .toList()),
            "snappy",
            "How data files are compressed; zstd is smaller, but not every reader has it.");
    static final Key HISTORY_KEEP = Key.optional(
            "keep",
            new Shape.Span(
                    Duration.ofDays(1),
                    Duration.ofDays(36_600),
                    "shorter than a day, which goes as a whole; longer than anybody will look"),
            "How long a day of events stays in the table; for ever where this is absent.");
    static final Shape.Keys HISTORY_KEYS = new Shape.Keys(TABLE, PARTITION_BY, COMMIT_EVERY, COMPRESSION, HISTORY_KEEP);

    // storage
    static final Key STORAGE_IDENTITY = Key.optional(
            "identity",
            new Shape.Choice("an identity", "workload", "managed"),
            "Entra ID, without a secret: as the pod (AKS workload identity), or as the machine (managed identity).");
    private static final Shape.Referable SECRET =
            new Shape.Referable("a reference to a secret", "${env:NAME} or ${file:PATH}", true);
    static final Key ACCOUNT_KEY = Key.optional("account-key", SECRET, "A key of the storage account, as a reference.");
    static final Key SAS_TOKEN = Key.optional("sas-token", SECRET, "A shared access signature, as a reference.");
    static final Key EMULATOR = Key.optional(
            "emulator",
            new Shape.Text("an address", "host:port", "[A-Za-z0-9][A-Za-z0-9.-]*:[0-9]{1,5}"),
            "Where Azurite's blob service listens, over http; instead of the account's own address.");
    static final Shape.Keys STORAGE_KEYS = new Shape.Keys(STORAGE_IDENTITY, ACCOUNT_KEY, SAS_TOKEN, EMULATOR);

    // the file
    static final Key PIPELINE =
            Key.required("pipeline", RELATION, "The pipeline's name: the job's, and that of the hot window in SQL.");
    static final Key SOURCE_KEY = Key.required("source", SOURCE, "Where the records come from.");
    static final Key EVENT_KEY = Key.required("event", EVENT, "What an event looks like.");
    static final Key DEDUPLICATE_KEY = Key.required("deduplicate", DEDUPLICATE, "What makes two events the same one.");
    static final Key ENRICH = Key.optional(
            "enrich", new Shape.Items("references", ENRICHMENT, 0), "Joins with reference data, in order.");
    static final Key HOT_WINDOW = Key.optional("hot-window", HOT_WINDOW_KEYS, "The slice of events kept in memory.");
    static final Key ROLLUPS = Key.optional("rollups", new Shape.Items("rollups", ROLLUP, 0), "Windowed aggregates.");
    static final Key HISTORY = Key.optional("history", HISTORY_KEYS, "The Delta table that keeps every event.");
    static final Key STORAGE =
            Key.optional("storage", STORAGE_KEYS, "How the abfs:// and abfss:// paths of this file are reached.");
    static final Shape.Keys FILE = new Shape.Keys(
            PIPELINE, SOURCE_KEY, EVENT_KEY, DEDUPLICATE_KEY, ENRICH, HOT_WINDOW, ROLLUPS, HISTORY, STORAGE);

    private static final List<String> SECRET_PATHS = List.of(
            Place.key(SOURCE_KEY.name(), CONNECTION_STRING.name()),
            Place.key(STORAGE.name(), ACCOUNT_KEY.name()),
            Place.key(STORAGE.name(), SAS_TOKEN.name()));

    private PipelineFormat() {}

    /** The section of the file that has this key; null if there is none, or several have. */
    static @Nullable String sectionOf(String key) {
        List<String> sections = FILE.keys().stream()
                .filter(section -> section.shape() instanceof Shape.Keys keys
                        && keys.names().contains(key))
                .map(Key::name)
                .toList();
        return sections.size() == 1 ? sections.get(0) : null;
    }

    /** Whether what stands at this path, or below it, is never printed. */
    static boolean isSecret(String path) {
        return SECRET_PATHS.stream()
                .anyMatch(secret ->
                        path.equals(secret) || path.startsWith(secret + ".") || path.startsWith(secret + "["));
    }
}
