package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** One change to a good file, one problem: its line, its path, and what it says. */
class PipelineFileProblemTest {
    private static final String GOOD = """
            pipeline: shop
            source:
              topic: sales
              bootstrap-servers: broker:9092
              profile: kafka
              start: earliest
            event:
              time: sold_at
              fields:
                sale_id: {type: string, required: false}
                till: {type: int, from: /till/no}
                price: double
                sold_at: {type: timestamp, required: true}
              unknown-fields: keep
              plausible: {ahead: 24h, behind: 30d}
            deduplicate:
              key: [sale_id]
              otherwise: [till, sold_at]
              horizon: 10m
            enrich:
              - reference: tills
                from: tills.csv
                key: till
                add: {floor_name: string, area: double}
            hot-window:
              keep: 15m
              index: [[sold_at], [till, sold_at]]
            rollups:
              - name: sales_per_minute
                window: 1m
                by: [till]
                carry: [floor_name]
                measures: {sales: count, turnover: sum price}
                correct-for: 1h
                keep: 24h
            """;

    private static Arguments change(String from, String to, int line, String path, String... says) {
        return Arguments.of(from, to, line, path, List.of(says));
    }

    static final List<Arguments> CHANGES = List.of(
            // keys
            change("horizon: 10m", "horizn: 10m", 19, "deduplicate.horizn", "unknown key", "did you mean `horizon`?"),
            change("keep: 15m", "Keep: 15m", 26, "hot-window.Keep", "unknown key", "did you mean `keep`?"),
            change("hot-window:", "archive: {}\nhot-window:", 25, "archive", "unknown key; accepted: pipeline, source"),
            change("hot-window:", "history: {}\nhot-window:", 25, "history.table", "missing"),
            change(
                    "hot-window:",
                    "history: {table: t, partition-by: item}\nhot-window:",
                    25,
                    "history.partition-by",
                    "not a column: `item`",
                    "event_date"),
            change(
                    "hot-window:",
                    "history: {table: t, compression: gzip}\nhot-window:",
                    25,
                    "history.compression",
                    "not a compression: `gzip`",
                    "snappy, zstd"),
            change(
                    "hot-window:",
                    "history: {table: t, commit-every: 200ms}\nhot-window:",
                    25,
                    "history.commit-every",
                    "too short: `200ms`",
                    "from 1s"),
            change(
                    "hot-window:",
                    "history: {table: t, keep: 1h}\nhot-window:",
                    25,
                    "history.keep",
                    "too short: `1h`",
                    "from 1d"),
            change("from: /till/no", "pointer: /till/no", 11, "event.fields.till.pointer", "type, from, required"),
            change(
                    "pipeline: shop",
                    "pipeline: shop\nhorizon: 5m",
                    2,
                    "horizon",
                    "unknown key",
                    "it belongs under `deduplicate`"),
            change("    window: 1m\n", "", 29, "rollups[0].window", "missing; accepted: a whole number"),
            change("  topic: sales\n", "", 2, "source.topic", "missing"),
            change("pipeline: shop\n", "", 1, "pipeline", "missing"),
            change(
                    "start: earliest",
                    "start: earliest\n  start: latest",
                    7,
                    "source.start",
                    "given twice; first on line 6"),
            change("price: double", "price: double\n    price: int", 13, "event.fields.price", "given twice"),
            change("topic: sales", "topic:", 3, "source.topic", "has no value"),
            change("topic: sales", "topic: ~", 3, "source.topic", "has no value", "give one, or remove the key"),
            change("topic: sales", "topic: null", 3, "source.topic", "has no value"),
            // kinds
            change("topic: sales", "topic: [sales]", 3, "source.topic", "is a list; accepted: letters"),
            change("key: [sale_id]", "key: sale_id", 17, "deduplicate.key", "is text; accepted: a list of fields"),
            change(
                    "plausible: {ahead: 24h, behind: 30d}",
                    "plausible: 24h",
                    15,
                    "event.plausible",
                    "is text; accepted: the keys ahead, behind"),
            change("key: [sale_id]", "key: []", 17, "deduplicate.key", "is empty"),
            change("{sales: count, turnover: sum price}", "{}", 33, "rollups[0].measures", "is empty"),
            change(
                    "[[sold_at], [till, sold_at]]",
                    "[sold_at]",
                    27,
                    "hot-window.index[0]",
                    "is text; accepted: a list of columns"),
            change("pipeline: shop", "? [a]\n: b\npipeline: shop", 1, "", "a list stands where a key is wanted"),
            // names
            change("pipeline: shop", "pipeline: Shop", 1, "pipeline", "not a name: `Shop`; accepted: lower-case"),
            change("pipeline: shop", "pipeline: on-line", 1, "pipeline", "not a name: `on-line`"),
            change("pipeline: shop", "pipeline: 42", 1, "pipeline", "not a name: `42`"),
            change("pipeline: shop", "pipeline: on", 1, "pipeline", "is a reserved word of SQL: `on`"),
            change("pipeline: shop", "pipeline: duplicates", 1, "pipeline", "a name that Sightline uses itself"),
            change("pipeline: shop", "pipeline: pipeline_status", 1, "pipeline", "a name that Sightline uses itself"),
            change("pipeline: shop", "pipeline: hot_shop", 1, "pipeline", "a name that Sightline uses itself"),
            change("pipeline: shop", "pipeline: " + "a".repeat(64), 1, "pipeline", "at most 63 long"),
            change("price: double", "price: double\n    value: int", 13, "event.fields.value", "reserved word of SQL"),
            change("price: double", "price: double\n    extra: int", 13, "event.fields.extra", "uses itself"),
            change(
                    "price: double",
                    "price: double\n    source_time: int",
                    13,
                    "event.fields.source_time",
                    "uses itself"),
            change("price: double", "price: double\n    window_end: int", 13, "event.fields.window_end", "uses itself"),
            change("price: double", "price: double\n    Preis: int", 13, "event.fields.Preis", "not a column name"),
            change(
                    "floor_name: string, ",
                    "floor_name: string, topic_partition: int, ",
                    24,
                    "enrich[0].add.topic_partition",
                    "uses itself"),
            change(
                    "{sales: count,",
                    "{sales: count, record_offset: count,",
                    33,
                    "rollups[0].measures.record_offset",
                    "uses itself"),
            change(
                    "{sales: count,",
                    "{sales: count, sum: count,",
                    33,
                    "rollups[0].measures.sum",
                    "reserved word of SQL"),
            change(
                    "  start: earliest",
                    "  partitions-from: 4",
                    6,
                    "source.partitions-from",
                    "of use only for a table that goes on",
                    "0, or a section `history`"),
            change(
                    "  start: earliest",
                    "  partitions-from: 100000",
                    6,
                    "source.partitions-from",
                    "a whole number from 0 to 99999"),
            change("sales_per_minute", "shop", 29, "rollups[0].name", "a name given already on line 1"),
            change(
                    "reference: tills",
                    "reference: sales_per_minute",
                    29,
                    "rollups[0].name",
                    "a name given already on line 21"),
            change(
                    "{floor_name: string, area: double}",
                    "{floor_name: string, price: double}",
                    24,
                    "enrich[0].add.price",
                    "there already, from line 12"),
            change(
                    "{floor_name: string, area: double}",
                    "[floor_name, price]",
                    24,
                    "enrich[0].add[1]",
                    "there already, from line 12"),
            change("{sales: count,", "{till: count,", 33, "rollups[0].measures.till", "there already"),
            change("{sales: count,", "{floor_name: count,", 33, "rollups[0].measures.floor_name", "there already"),
            change("carry: [floor_name]", "carry: [floor_name, till]", 32, "rollups[0].carry[1]", "in `by` already"),
            change("key: [sale_id]", "key: [sale_id, sale_id]", 17, "deduplicate.key[1]", "listed twice"),
            change("by: [till]", "by: [till, till]", 31, "rollups[0].by[1]", "listed twice"),
            change("[till, sold_at]]", "[sold_at]]", 27, "hot-window.index[1]", "listed twice"),
            change("[till, sold_at]]", "[till, till]]", 27, "hot-window.index[1][1]", "listed twice"),
            // values
            change(
                    "price: double",
                    "price: flot",
                    12,
                    "event.fields.price",
                    "not a type: `flot`",
                    "boolean, int, long, double, string, timestamp, date"),
            change("price: double", "price: {type: strng}", 12, "event.fields.price.type", "did you mean `string`?"),
            change("price: double", "price: Double", 12, "event.fields.price", "did you mean `double`?"),
            change(
                    "required: false",
                    "required: no",
                    10,
                    "event.fields.sale_id.required",
                    "not a truth value: `no`; accepted: true or false"),
            change("required: false", "required: off", 10, "event.fields.sale_id.required", "not a truth value"),
            change(
                    "profile: kafka",
                    "profile: eventhubs",
                    5,
                    "source.profile",
                    "not a profile: `eventhubs`; accepted: kafka, event-hubs",
                    "did you mean `event-hubs`?"),
            change(
                    "profile: kafka",
                    "profile: kafka\n  format: avro",
                    6,
                    "source.format",
                    "not a format: `avro`; accepted: json"),
            change("unknown-fields: keep", "unknown-fields: yes", 14, "event.unknown-fields", "accepted: keep, drop"),
            change("topic: sales", "topic: sales/eu", 3, "source.topic", "not a topic"),
            change(
                    "topic: sales",
                    "topic: ${env:TOPIC}",
                    3,
                    "source.topic",
                    "not a topic",
                    "references can stand only in"),
            change(
                    "from: /till/no",
                    "from: till.no",
                    11,
                    "event.fields.till.from",
                    "not a JSON pointer: `till.no`",
                    "as in /bbox/x"),
            change("from: /till/no", "from: /till/~2", 11, "event.fields.till.from", "not a JSON pointer"),
            change("from: /till/no", "from: /price", 12, "event.fields.price", "read by the field till already"),
            change(
                    "from: /till/no",
                    "from: /price/no",
                    12,
                    "event.fields.price",
                    "leads to what holds the value of the field till"),
            change(
                    "{type: string, required: false}",
                    "{type: string, from: /till}",
                    11,
                    "event.fields.till.from",
                    "leads into the value of the field sale_id"),
            change(
                    "start: earliest",
                    "start: yesterday",
                    6,
                    "source.start",
                    "not a start: `yesterday`; accepted: earliest, latest, or a time"),
            change("start: earliest", "start: 2026-09-21", 6, "source.start", "not a start"),
            change(
                    "start: earliest",
                    "start: 2026-09-21T14:00:00",
                    6,
                    "source.start",
                    "not a start",
                    "with its offset"),
            change("start: earliest", "start: 2026-02-30T14:00:00Z", 6, "source.start", "a time that does not exist"),
            change(
                    "broker:9092",
                    "broker",
                    4,
                    "source.bootstrap-servers",
                    "an address without a port, or no address: `broker`; accepted: host:port"),
            change("broker:9092", "broker:9092,", 4, "source.bootstrap-servers", "an empty address"),
            change("broker:9092", "broker:70000", 4, "source.bootstrap-servers", "port is not from 1 to 65535"),
            change("broker:9092", "kafka://broker:9092", 4, "source.bootstrap-servers", "an address with a scheme"),
            change("broker:9092", "${env:B:-broker}", 4, "source.bootstrap-servers", "without a port"),
            change(
                    "sum price",
                    "median price",
                    33,
                    "rollups[0].measures.turnover",
                    "not a measure: `median price`; accepted: count, or sum, avg"),
            change("sum price", "sum", 33, "rollups[0].measures.turnover", "not a measure"),
            change("sales: count", "sales: count till", 33, "rollups[0].measures.sales", "not a measure"),
            change("topic: sales", "topic: " + "x".repeat(2001), 3, "source.topic", "longer than 2000 characters"),
            // durations
            change(
                    "horizon: 10m",
                    "horizon: 10",
                    19,
                    "deduplicate.horizon",
                    "not a duration: `10`",
                    "500ms, 5s, 10m, 2h, 30d",
                    "a unit is missing"),
            change("horizon: 10m", "horizon: 10 m", 19, "deduplicate.horizon", "not a duration"),
            change("horizon: 10m", "horizon: 0s", 19, "deduplicate.horizon", "not a duration"),
            change("horizon: 10m", "horizon: -5m", 19, "deduplicate.horizon", "not a duration"),
            change("horizon: 10m", "horizon: 1.5h", 19, "deduplicate.horizon", "not a duration"),
            change("horizon: 10m", "horizon: 10:00", 19, "deduplicate.horizon", "not a duration"),
            change(
                    "horizon: 10m",
                    "horizon: 999999999d",
                    19,
                    "deduplicate.horizon",
                    "too long",
                    "from 1s to 30d",
                    "the ids outgrow the memory"),
            change("keep: 15m", "keep: 500ms", 26, "hot-window.keep", "too short: `500ms`", "from 1s"),
            change("window: 1m", "window: 10ms", 30, "rollups[0].window", "too short"),
            change(
                    "keep: 24h",
                    "keep: 30m",
                    35,
                    "rollups[0].keep",
                    "shorter than `correct-for`: `30m`; accepted: at least 1h"),
            change(
                    "correct-for: 1h\n    keep: 24h",
                    "correct-for: 1s\n    keep: 30s",
                    35,
                    "rollups[0].keep",
                    "shorter than `window`: `30s`; accepted: at least 1m"),
            change(
                    "correct-for: 1h\n    keep: 24h",
                    "correct-for: 2h",
                    29,
                    "rollups[0].keep",
                    "shorter than `correct-for`: `1h`"),
            // references to what is not there, or not fit
            change(
                    "time: sold_at",
                    "time: sold",
                    8,
                    "event.time",
                    "no such field: `sold`; accepted: sale_id, till, price, sold_at"),
            change(
                    "time: sold_at",
                    "time: price",
                    8,
                    "event.time",
                    "a field of type double: `price`; accepted: a field of type timestamp"),
            change(
                    "timestamp, required: true",
                    "timestamp",
                    8,
                    "event.time",
                    "not required",
                    "write `sold_at: {type: timestamp, required: true}`"),
            change(
                    "key: [sale_id]",
                    "key: [saleid]",
                    17,
                    "deduplicate.key[0]",
                    "no such field: `saleid`",
                    "did you mean `sale_id`?"),
            change("key: [sale_id]", "key: [floor_name]", 17, "deduplicate.key[0]", "no such field"),
            change(
                    "otherwise: [till, sold_at]",
                    "otherwise: [till, sold]",
                    18,
                    "deduplicate.otherwise[1]",
                    "no such field"),
            change(
                    "    key: till",
                    "    key: tll",
                    23,
                    "enrich[0].key",
                    "no such field: `tll`",
                    "did you mean `till`?"),
            change("[till, sold_at]]", "[shelf, sold_at]]", 27, "hot-window.index[1][0]", "no such column: `shelf`"),
            change(
                    "by: [till]",
                    "by: [tills]",
                    31,
                    "rollups[0].by[0]",
                    "no such column: `tills`",
                    "did you mean `till`?"),
            change("by: [till]", "by: [source_time]", 31, "rollups[0].by[0]", "no such column"),
            change("carry: [floor_name]", "carry: [floor]", 32, "rollups[0].carry[0]", "no such column: `floor`"),
            change(
                    "sum price",
                    "sum prize",
                    33,
                    "rollups[0].measures.turnover",
                    "no such column: `prize`",
                    "did you mean `price`?"),
            change(
                    "sum price",
                    "sum floor_name",
                    33,
                    "rollups[0].measures.turnover",
                    "takes a column of type string",
                    "int, long or double"),
            change("sum price", "avg sold_at", 33, "rollups[0].measures.turnover", "takes a column of type timestamp"),
            change("sum price", "max sale_id", 33, "rollups[0].measures.turnover", "takes a column of type string"),
            // profile and secrets
            change(
                    "profile: kafka",
                    "profile: event-hubs",
                    2,
                    "source.connection-string",
                    "missing; profile event-hubs needs it, or `identity`",
                    "or `identity: workload`"),
            change(
                    "profile: kafka",
                    "profile: event-hubs\n  connection-string: ${env:C}\n  identity: workload",
                    7,
                    "source.identity",
                    "stands beside a connection-string: `workload`; accepted: one of the two"),
            change(
                    "profile: kafka",
                    "profile: event-hubs\n  identity: user",
                    6,
                    "source.identity",
                    "not an identity: `user`; accepted: workload, managed"),
            change("profile: kafka", "identity: managed", 5, "source.identity", "of no use with profile kafka"),
            change(
                    "broker:9092",
                    "cameras.servicebus.usgovcloudapi.net:9093",
                    4,
                    "source.bootstrap-servers",
                    "an Event Hubs namespace, which profile kafka does not reach",
                    "write `profile: event-hubs`"),
            change(
                    "broker:9092\n  profile: kafka",
                    "cameras.servicebus.windows.net:5671\n  profile: event-hubs\n  identity: managed",
                    4,
                    "source.bootstrap-servers",
                    "not the port of the Kafka endpoint of Event Hubs",
                    "accepted: host:9093"),
            change(
                    "broker:9092\n  profile: kafka",
                    "a.servicebus.windows.net:9093,b.servicebus.windows.net:9093\n  profile: event-hubs\n  identity: managed",
                    4,
                    "source.bootstrap-servers",
                    "several addresses with profile event-hubs"),
            change(
                    "profile: kafka",
                    "connection-string: ${env:C}",
                    5,
                    "source.connection-string",
                    "of no use with profile kafka"),
            change(
                    "profile: kafka",
                    "profile: event-hubs\n  connection-string: Endpoint=sb://x/;SharedAccessKey=abc",
                    6,
                    "source.connection-string",
                    "a secret stands in the file: `[REDACTED]`",
                    "put it into an environment variable or a file"),
            change(
                    "profile: kafka",
                    "profile: event-hubs\n  connection-string: ${env:C:-abc}",
                    6,
                    "source.connection-string",
                    "a secret stands in the file: `[REDACTED]`"),
            change(
                    "profile: kafka",
                    "profile: event-hubs\n  connection-string: SharedAccessKey=abc;${env:C}",
                    6,
                    "source.connection-string",
                    "a secret stands in the file"),
            change(
                    "profile: kafka",
                    "profile: event-hubs\n  connection-string: ${C}",
                    6,
                    "source.connection-string",
                    "it lacks env: or file:: `[REDACTED]`; accepted: ${env:NAME}"),
            // storage
            change(
                    "from: tills.csv",
                    "from: abfss://data@acc.dfs.core.windows.net/tills.csv",
                    22,
                    "enrich[0].from",
                    "cannot be reached without a section `storage`"),
            change(
                    "hot-window:",
                    "history: {table: abfss://data@acc/sales}\nstorage: {identity: workload}\nhot-window:",
                    25,
                    "history.table",
                    "a path on Azure storage with a part missing or misspelt",
                    "abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/FOLDER"),
            change("hot-window:", "storage: {emulator: a:1}\nhot-window:", 25, "storage", "says no way in"),
            change(
                    "hot-window:",
                    "storage: {identity: managed, sas-token: \"${env:S}\"}\nhot-window:",
                    25,
                    "storage",
                    "says several ways in: identity, sas-token"),
            change(
                    "hot-window:",
                    "storage: {account-key: c2VjcmV0}\nhot-window:",
                    25,
                    "storage.account-key",
                    "a secret stands in the file: `[REDACTED]`"),
            change("broker:9092", "${env:BROKER", 4, "source.bootstrap-servers", "never closed"),
            change(
                    "from: tills.csv",
                    "from: ${vault:tills}",
                    22,
                    "enrich[0].from",
                    "a reference is malformed: `${vault:tills}`"),
            change(
                    "from: tills.csv",
                    "from: https://a/b?sig=abc",
                    22,
                    "enrich[0].from",
                    "a secret stands in the file: `[REDACTED]`"),
            change("topic: sales", "topic: password=x", 3, "source.topic", "not a topic: `[REDACTED]`"),
            // YAML itself
            change("  topic: sales", "\ttopic: sales", 3, "", "a tab stands in the indentation; accepted: spaces"),
            change("key: [sale_id]", "key: [sale_id", 18, "", "not YAML: "),
            change("  topic: sales", "  topic: sales: more", 3, "", "not YAML: mapping values are not allowed here"),
            change(
                    "plausible: {ahead: 24h,",
                    "plausible: {ahead: ${env:A},",
                    15,
                    "",
                    "put quotes around a value that holds ${...}"),
            change("price: double", "price: &p double", 12, "event.fields.price", "an anchor (&) stands here"),
            change("price: double", "price: !!str double", 12, "event.fields.price", "a tag (!) stands here"),
            change(
                    "price: double",
                    "price: !!javax.script.ScriptEngineManager double",
                    12,
                    "event.fields.price",
                    "a tag (!) stands here"),
            change("    keep: 24h\n", "    keep: 24h\n---\npipeline: other\n", 36, "", "a second document begins here"),
            change("topic: sales", "topic: \"sa\u0000les\"", 3, "", "holds the character U+0000"),
            change(
                    "topic: sales",
                    "topic: \"sa\\u001b[31mles\"",
                    3,
                    "source.topic",
                    "not a topic: `sa\\u001b[31mles`"));

    @ParameterizedTest(name = "{3}: {4}: {1}")
    @FieldSource("CHANGES")
    void oneChangeIsOneProblem(String from, String to, int line, String path, List<String> says) {
        // Given
        assertThat(GOOD).contains(from);
        String bad = GOOD.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to));

        // When
        List<Problem> problems = problems(bad);

        // Then
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.file()).isEqualTo("shop.yaml");
            assertThat(problem.path()).isEqualTo(path);
            assertThat(problem.toString()).contains(says).doesNotContain("\n").startsWith("shop.yaml:");
            assertThat(problem.line()).isEqualTo(line);
        });
    }

    @Test
    void goodFileHasNoProblem() {
        assertThat(problems(GOOD)).isEmpty();
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheirLines() {
        // Given
        String bad = GOOD.replace("topic: sales", "topic: sa les")
                .replace("price: double", "price: real")
                .replace("key: [sale_id]", "key: [sale]")
                .replace("keep: 15m", "kep: 15m")
                .replace("sum price", "sum area_");

        // When
        List<Problem> problems = problems(bad);

        // Then
        assertThat(problems)
                .extracting(Problem::path)
                .containsExactly(
                        "source.topic",
                        "event.fields.price",
                        "deduplicate.key[0]",
                        "hot-window.kep",
                        "rollups[0].measures.turnover");
    }

    @Test
    void aliasIsRefusedWithItsAnchor() {
        // Given
        String bad = GOOD.replace("key: [sale_id]", "key: &k [sale_id]").replace("by: [till]", "by: *k");

        // When
        List<Problem> problems = problems(bad);

        // Then
        assertThat(problems)
                .extracting(Problem::message)
                .contains("an anchor (&) stands here", "an alias (*) stands here");
    }

    @Test
    void aliasOfItselfIsRefused() {
        assertThat(problems("&a {? *a : *a, b: [*a, *a]}")).isNotEmpty();
    }

    @Test
    void mergeKeyIsAnUnknownKey() {
        assertThat(problems(GOOD.replace("price: double", "price: {<<: {type: double}, type: int}")))
                .singleElement()
                .satisfies(p -> assertThat(p.path()).isEqualTo("event.fields.price.<<"));
    }

    @Test
    void missingSectionIsOneProblemAndNotOneForEachNameIntoIt() {
        // Given: no field is declared, so every reference to a field leads nowhere
        String bad = GOOD.replaceFirst("(?s)  fields:.*?  unknown", "  unknown");

        // Then
        assertThat(problems(bad)).extracting(Problem::path).containsExactly("event.fields");
    }

    @Test
    void emptyFileIsOneProblem() {
        for (String empty : List.of("", "\n\n", "# nothing\n", "---\n", "...\n", "null\n")) {
            assertThat(problems(empty)).as("'%s'", empty).hasSize(1);
        }
    }

    @Test
    void rootThatIsNoMappingIsOneProblem() {
        assertThat(problems("- a\n- b\n"))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).isEqualTo("is a list"));
        assertThat(problems("just words")).hasSize(1);
    }

    @Test
    void deepNestingIsOneProblem() {
        assertThat(problems("a: " + "[".repeat(10_000)))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).isEqualTo("nested too deeply"));
        assertThat(problems("{a: ".repeat(10_000))).hasSize(1);
    }

    @Test
    void largeFileIsOneProblem() {
        assertThat(problems(GOOD + "#".repeat(256 * 1024)))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).isEqualTo("the file is larger than 256 KB"));
    }

    @Test
    void beyondAHundredOnlyTheNumberIsTold() {
        // Given
        StringBuilder many = new StringBuilder(GOOD);
        for (int i = 0; i < 150; i++) {
            many.append("unknown_").append(i).append(": 1\n");
        }

        // When
        PipelineFileException thrown = thrown(many.toString());

        // Then
        assertThat(thrown.problems().list()).hasSize(100);
        assertThat(thrown.problems().untold()).isEqualTo(50);
        assertThat(thrown).hasMessageEndingWith("shop.yaml: and 50 more");
    }

    @Test
    void secretPrintsNowhere() {
        // Given: the secret where it does not belong, and under a misspelt key, and as a key, and in a broken line
        String secret = "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=hunter2hunter2=";
        for (String bad : List.of(
                GOOD.replace("profile: kafka", "connection-string: " + secret),
                GOOD.replace("profile: kafka", "conection-string: " + secret),
                GOOD.replace("profile: kafka", "connection-string: {SharedAccessKey: hunter2}"),
                GOOD.replace("profile: kafka", "connection-string: [hunter2]"),
                GOOD.replace("profile: kafka", "connection-string: hunter2"),
                GOOD.replace("profile: kafka", "connection-string: ${env:A:-hunter2}"),
                GOOD.replace("profile: kafka", "connection-string: ${hunter2"),
                GOOD.replace("profile: kafka", secret + ": x"),
                GOOD.replace("profile: kafka", "connection-string: {" + secret),
                GOOD.replace("profile: kafka", secret),
                GOOD.replace("broker:9092", secret),
                GOOD.replace("topic: sales", "topic: " + secret))) {
            // Then
            assertThat(thrown(bad)).message().doesNotContain("hunter2");
        }
    }

    @Test
    void unreadableFileIsOneLine(@TempDir Path folder) throws IOException {
        // Given
        Path large = Files.writeString(folder.resolve("large.yaml"), "ü".repeat(200 * 1024));
        Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xfc, '\n'});

        // Then
        assertThat(thrown(folder.resolve("none.yaml"))).hasMessage(folder.resolve("none.yaml") + ": no such file");
        assertThat(thrown(folder)).hasMessage(folder + ": a folder, not a file");
        assertThat(thrown(large)).hasMessage(large + ": the file is larger than 256 KB");
        assertThat(thrown(latin)).hasMessage(latin + ": the file is not UTF-8 text");
    }

    private static List<Problem> problems(String yaml) {
        try {
            PipelineFile.parse("shop.yaml", yaml);
            return List.of();
        } catch (PipelineFileException e) {
            assertThat(e.problems().isEmpty()).isFalse();
            return e.problems().list();
        }
    }

    private static PipelineFileException thrown(String yaml) {
        return catchThrowableOfType(PipelineFileException.class, () -> PipelineFile.parse("shop.yaml", yaml));
    }

    private static PipelineFileException thrown(Path file) {
        return catchThrowableOfType(PipelineFileException.class, () -> PipelineFile.load(file));
    }
}
