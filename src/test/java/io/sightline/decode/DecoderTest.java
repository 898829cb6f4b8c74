package io.sightline.decode;

import static io.sightline.decode.Outcomes.SOURCE_TIME;
import static io.sightline.decode.Outcomes.decode;
import static io.sightline.decode.Outcomes.detections;
import static io.sightline.decode.Outcomes.event;
import static io.sightline.decode.Outcomes.refusal;
import static io.sightline.decode.Outcomes.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.sightline.decode.Outcomes.Outcome;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.spec.EventSpec;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
    private static final EventSpec DETECTIONS = detections(true);
    private static final String TIME = "\"event_time\":\"2026-03-01T11:59:58.125Z\"";
    private static final String GOOD = "{\"camera_id\":\"cam-1\",\"item\":\"person\"," + TIME + "}";
    private static final long TIME_MICROS = SOURCE_TIME * 1000 - 1_875_000;

    /** A spec with a field {@code v} of this type. */
    private static EventSpec typed(FieldType type) {
        return spec(true, Field.of("v", type, false));
    }

    private static String withValue(String json) {
        return "{\"v\":" + json + "," + TIME + "}";
    }

    @Test
    void everyFieldIsReadFromItsPointer() {
        // Given
        String record = "{\"event_id\":\"e1\",\"camera_id\":\"cam-1\",\"item\":\"person\",\"confidence\":0.98,"
                + "\"bbox\":{\"x\":1233.55,\"y\":-4},\"event_time\":\"2026-03-01T11:59:58.125Z\"}";

        // When
        Outcome event = event(DETECTIONS, record);

        // Then
        assertThat(event.values()).containsExactly("e1", "cam-1", "person", 0.98, 1233.55, -4.0, TIME_MICROS);
        assertThat(event.eventTimeMicros()).isEqualTo(TIME_MICROS);
        assertThat(event.extra()).isNull();
        assertThat(List.of(event.index(), event.from(), event.to())).containsExactly(0, 0, record.length());
    }

    @Test
    void orderAndWhiteSpaceDoNotMatter() {
        Decoder decoder = new Decoder(DETECTIONS);
        String[] orders = {
            GOOD,
            "{ " + TIME + " ,\r\n\t\"item\" : \"person\" , \"camera_id\" : \"cam-1\" } \n",
            GOOD,
            "{\"item\":\"person\",\"bbox\":{}," + TIME + ",\"camera_id\":\"cam-1\"}",
            "{\"\\u0069tem\":\"person\"," + TIME + ",\"camera_id\":\"cam-1\"}"
        };
        for (String order : orders) {
            assertThat(decode(decoder, order.getBytes(StandardCharsets.UTF_8)))
                    .extracting(Outcome::values)
                    .as(order)
                    .containsExactly(Arrays.asList(null, "cam-1", "person", null, null, null, TIME_MICROS));
        }
    }

    @Test
    void pointersLeadThroughObjectsAndArraysAndEscapes() {
        // Given
        EventSpec spec = spec(
                true,
                new Field("first", FieldType.STRING, false, "/tags/0"),
                new Field("deep", FieldType.INT, false, "/m/1/0/k"),
                new Field("odd", FieldType.INT, false, "/a~1b/~0"),
                new Field("named", FieldType.INT, false, "/byNumber/7"));

        // When
        Outcome event = event(
                spec, "{\"tags\":[\"t\"],\"m\":[9,[{\"k\":5}]],\"a/b\":{\"~\":6},\"byNumber\":{\"7\":7}," + TIME + "}");

        // Then
        assertThat(event.values()).containsExactly("t", 5, 6, 7, TIME_MICROS);
        assertThat(event.extra()).isEqualTo("{\"m\":[9]}");
    }

    @Test
    void pointersThatExcludeOneAnotherAreRefusedAtOnce() {
        Field outer = new Field("outer", FieldType.STRING, false, "/a");
        Field inner = new Field("inner", FieldType.STRING, false, "/a/b");
        Field same = new Field("same", FieldType.STRING, false, "/a");
        for (Field[] fields : new Field[][] {{outer, inner}, {inner, outer}, {outer, same}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Decoder(spec(true, fields)))
                    .withMessageContaining("inside the value of");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BOOLEAN | true | true",
                "BOOLEAN | false | false",
                "INT | 0 | 0",
                "INT | -0 | 0",
                "INT | -2147483648 | -2147483648",
                "INT | 2147483647 | 2147483647",
                "INT | 3.0 | 3",
                "INT | 3e2 | 300",
                "INT | 120.00e-1 | 12",
                "INT | 0e99999 | 0",
                "LONG | 9223372036854775807 | 9223372036854775807",
                "LONG | -9223372036854775808 | -9223372036854775808",
                "LONG | 9007199254740993.0 | 9007199254740993",
                "DOUBLE | 1 | 1.0",
                "DOUBLE | -0.0 | -0.0",
                "DOUBLE | 1E2 | 100.0",
                "DOUBLE | 0.1 | 0.1",
                "DOUBLE | 1e-400 | 0.0",
                "DOUBLE | 123456789012345678901234567890 | 1.2345678901234568E29",
                "DOUBLE | 1.7976931348623157e308 | 1.7976931348623157E308",
                "STRING | `\"\"` | ``",
                "STRING | `\"null\"` | null",
                "TIMESTAMP | 1772366398125 | 1772366398125000",
                "TIMESTAMP | 1772366398125.0 | 1772366398125000",
                "TIMESTAMP | -1 | -1000",
                "TIMESTAMP | `\"2026-03-01T13:59:58.1259999+02:00\"` | 1772366398125999",
                "DATE | `\"2024-02-29\"` | 2024-02-29"
            })
    void valuesBecomeTheJavaTypeOfTheirField(FieldType type, String json, String expected) {
        Object value = event(typed(type), withValue(json)).values().get(0);

        assertThat(value).isInstanceOf(type.javaType());
        assertThat(value).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BOOLEAN | 1 | WRONG_TYPE",
                "BOOLEAN | `\"true\"` | WRONG_TYPE",
                "INT | `\"5\"` | WRONG_TYPE",
                "INT | true | WRONG_TYPE",
                "INT | 3.5 | WRONG_TYPE",
                "INT | 1e-999999999 | WRONG_TYPE",
                "INT | 2147483648 | OUT_OF_RANGE",
                "INT | 3e9 | OUT_OF_RANGE",
                "INT | 1e999999999 | OUT_OF_RANGE",
                "INT | 1e99999999999 | OUT_OF_RANGE",
                "LONG | 9223372036854775808 | OUT_OF_RANGE",
                "LONG | 9223372036854775808.0 | OUT_OF_RANGE",
                "LONG | -99999999999999999999 | OUT_OF_RANGE",
                "DOUBLE | `\"high\"` | WRONG_TYPE",
                "DOUBLE | false | WRONG_TYPE",
                "DOUBLE | 1e999 | OUT_OF_RANGE",
                "DOUBLE | -1e999 | OUT_OF_RANGE",
                "DOUBLE | NaN | NOT_A_NUMBER",
                "DOUBLE | Infinity | NOT_A_NUMBER",
                "DOUBLE | -Infinity | NOT_A_NUMBER",
                "DOUBLE | `\"NaN\"` | WRONG_TYPE",
                "STRING | NaN | NOT_A_NUMBER",
                "STRING | 5 | WRONG_TYPE",
                "STRING | {} | WRONG_TYPE",
                "STRING | [\"a\"] | WRONG_TYPE",
                "STRING | `\"\\ud800\"` | OUT_OF_RANGE",
                "STRING | `\"\\udc00\\ud800\"` | OUT_OF_RANGE",
                "TIMESTAMP | `\"yesterday\"` | BAD_TIME",
                "TIMESTAMP | `\"2026-03-01T12:00:00\"` | BAD_TIME",
                "TIMESTAMP | 1772366398125.5 | BAD_TIME",
                "TIMESTAMP | true | WRONG_TYPE",
                "TIMESTAMP | 9223372036854776 | OUT_OF_RANGE",
                "TIMESTAMP | 9223372036854775808 | OUT_OF_RANGE",
                "DATE | `\"2026-02-29\"` | BAD_TIME",
                "DATE | 20260301 | WRONG_TYPE"
            })
    void valuesOfAnotherKindAreRefused(FieldType type, String json, Reason reason) {
        Outcome refusal = refusal(typed(type), withValue(json));

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.field()).isEqualTo("v");
    }

    @Test
    void longNumbersAreRefusedWhereAFieldWantsThemAndKeptWhereNot() {
        String digits = "1".repeat(100_000);

        assertThat(refusal(typed(FieldType.DOUBLE), withValue(digits)).reason()).isEqualTo(Reason.OUT_OF_RANGE);
        assertThat(refusal(typed(FieldType.LONG), withValue(digits)).reason()).isEqualTo(Reason.OUT_OF_RANGE);
        assertThat(refusal(typed(FieldType.INT), withValue("0." + digits)).reason())
                .isEqualTo(Reason.OUT_OF_RANGE);
        assertThat(event(DETECTIONS, GOOD.replace("{", "{\"n\":" + digits + ","))
                        .extra())
                .isEqualTo("{\"n\":" + digits + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | EMPTY",
                "` \r\n\t ` | EMPTY",
                "`\uFEFF` | EMPTY",
                "garbage | NOT_JSON",
                "`\u0000garbage` | NOT_JSON",
                "{'item':'person'} | NOT_JSON",
                "{\"item\":\"person\",} | NOT_JSON",
                "{\"item\":01} | NOT_JSON",
                "{\"item\":+1} | NOT_JSON",
                "{\"item\":\"tab\there\"} | NOT_JSON",
                "{\"item\":\"\\x\"} | NOT_JSON",
                "{\"item\" \"person\"} | NOT_JSON",
                "{\"item\":trux | NOT_JSON",
                "{\"a\":1] | NOT_JSON",
                "{} {} | NOT_JSON",
                "{} x | NOT_JSON",
                "{} tru | NOT_JSON",
                "{}] | NOT_JSON",
                "5 5 | NOT_JSON",
                "[] x | NOT_JSON",
                "`{}\u0000` | NOT_JSON",
                "{/* */} | NOT_JSON",
                "{\"\\ud800\":1} | NOT_JSON",
                "5 | NOT_AN_OBJECT",
                "\"text\" | NOT_AN_OBJECT",
                "null | NOT_AN_OBJECT",
                "[] | EMPTY_ARRAY",
                "` [ ] ` | EMPTY_ARRAY",
                "{} | MISSING_FIELD",
                "{\"camera_id\":null} | MISSING_FIELD",
                "{\"a\":1,\"a\":1} | DUPLICATE_KEY",
                "{\"bbox\":5} | WRONG_TYPE",
                "{\"bbox\":[1,2]} | WRONG_TYPE",
                "{\"a\":[NaN]} | NOT_A_NUMBER"
            })
    void whatIsNoEventIsRefusedWhole(String record, Reason reason) {
        Outcome refusal = refusal(DETECTIONS, record);

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.index()).isZero();
        assertThat(refusal.from()).isZero();
        assertThat(refusal.to()).isEqualTo(record.getBytes(StandardCharsets.UTF_8).length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7B22613A22C328227D", // a continuation byte is missing
                "7B2261223A22C080227D", // overlong NUL
                "7B2261223A22EDA080227D", // a surrogate
                "7B2261223A22F4908080227D", // above U+10FFFF
                "7B2261223A22FF227D",
                "7B2261223A2280227D",
                "FEFF007B007D", // UTF-16
                "7B007D00",
                "C3"
            })
    void whatIsNotUtf8IsNotJson(String hex) {
        byte[] record = java.util.HexFormat.of().parseHex(hex);

        assertThat(decode(DETECTIONS, record)).extracting(Outcome::reason).containsExactly(Reason.NOT_JSON);
    }

    @Test
    void aRecordCutAnywhereIsTruncated() {
        // Given
        String whole = "{\"camera_id\":\"caf\u00e9 \\u00e9 \uD83D\uDE97\",\"ok\":[true,false,null,-1.5e+7],\"n\":-0.25,"
                + TIME + ",\"bbox\":{\"x\":1.5}}";
        byte[] record = whole.getBytes(StandardCharsets.UTF_8);

        for (int length = 1; length < record.length; length++) {
            // When
            List<Outcome> outcomes = decode(DETECTIONS, Arrays.copyOf(record, length));

            // Then
            assertThat(outcomes)
                    .as("cut after %d bytes", length)
                    .extracting(Outcome::reason, Outcome::from, Outcome::to)
                    .containsExactly(tuple(Reason.TRUNCATED, 0, length));
        }
    }

    @Test
    void anArrayCutAnywhereKeepsItsCompleteElements() {
        // Given
        String array = "[" + GOOD + " , " + GOOD + "]";
        byte[] record = array.getBytes(StandardCharsets.UTF_8);
        int firstEnd = 1 + GOOD.length();
        int secondEnd = firstEnd + 3 + GOOD.length();

        for (int length = 1; length < record.length; length++) {
            // When
            List<Outcome> outcomes = decode(DETECTIONS, Arrays.copyOf(record, length));

            // Then
            int complete = length < firstEnd ? 0 : length < secondEnd ? 1 : 2;
            Outcome last = outcomes.get(outcomes.size() - 1);
            assertThat(outcomes).as("cut after %d bytes", length).hasSize(complete + 1);
            assertThat(outcomes.subList(0, complete)).allMatch(o -> o.reason() == null);
            assertThat(last)
                    .extracting(Outcome::reason, Outcome::index, Outcome::from, Outcome::to)
                    .containsExactly(
                            Reason.TRUNCATED,
                            complete,
                            complete == 0 ? 0 : complete == 1 ? firstEnd : secondEnd,
                            length);
        }
    }

    @Test
    void inAnArrayOnlyTheBadElementIsRefused() {
        // Given
        String wrong = "{\"camera_id\":5,\"item\":\"person\"," + TIME + "}";
        List<String> elements = List.of(GOOD, wrong, "null", "[[1]]", "5", "\"\u00e9\"", GOOD, "{}");
        String record = "[ " + String.join(" , ", elements) + " ] ";
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);

        // When
        List<Outcome> outcomes = decode(DETECTIONS, bytes);

        // Then
        assertThat(outcomes)
                .extracting(Outcome::reason)
                .containsExactly(
                        null,
                        Reason.WRONG_TYPE,
                        Reason.NOT_AN_OBJECT,
                        Reason.NOT_AN_OBJECT,
                        Reason.NOT_AN_OBJECT,
                        Reason.NOT_AN_OBJECT,
                        null,
                        Reason.MISSING_FIELD);
        assertThat(outcomes).extracting(Outcome::index).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(outcomes)
                .extracting(o -> new String(bytes, o.from(), o.to() - o.from(), StandardCharsets.UTF_8))
                .containsExactlyElementsOf(elements);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "` , {\"a\":nope}, {}]` | NOT_JSON",
                "` , ]` | NOT_JSON",
                "`} ]` | NOT_JSON",
                "`] ]` | NOT_JSON",
                "`] {}` | NOT_JSON",
                "`]\u0000` | NOT_JSON",
                "`, \"\u0000\", {}]` | NOT_JSON",
                "`, {\"a` | TRUNCATED",
                "`` | TRUNCATED"
            })
    void whereAnArrayBreaksTheRestIsOneRefusal(String rest, Reason reason) {
        // Given
        String record = "[" + GOOD + rest;

        // When
        List<Outcome> outcomes = decode(DETECTIONS, record);

        // Then
        int broken = rest.startsWith("] ") || rest.startsWith("]\u0000") ? GOOD.length() + 2 : GOOD.length() + 1;
        assertThat(outcomes)
                .extracting(Outcome::index, Outcome::reason, Outcome::from, Outcome::to)
                .containsExactly(tuple(0, null, 1, 1 + GOOD.length()), tuple(1, reason, broken, record.length()));
    }

    @Test
    void theReasonIsThatOfTheBreakAndElseTheFirstInTheText() {
        assertThat(refusal(DETECTIONS, "{\"camera_id\":5,\"item\":6,\"x\":").reason())
                .isEqualTo(Reason.TRUNCATED);
        assertThat(refusal(DETECTIONS, "{\"item\":6,\"item\":6,\"camera_id\":5}"))
                .extracting(Outcome::reason, Outcome::field)
                .containsExactly(Reason.WRONG_TYPE, "item");
        assertThat(refusal(DETECTIONS, "{\"z\":{\"item\":6,\"item\":6},\"camera_id\":5}"))
                .extracting(Outcome::reason, Outcome::field)
                .containsExactly(Reason.DUPLICATE_KEY, "/z/item");
        assertThat(refusal(DETECTIONS, "{\"event_time\":\"2099-01-01T00:00:00Z\",\"item\":\"x\"}"))
                .extracting(Outcome::reason, Outcome::field)
                .containsExactly(Reason.MISSING_FIELD, "camera_id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"camera_id\":\"cam-2\" | /camera_id",
                "\"bbox\":{\"x\":1,\"x\":1} | /bbox/x",
                "\"bbox\":{\"q\":1,\"q\":1} | /bbox/q",
                "\"bbox\":{},\"bbox\":{\"x\":1} | /bbox",
                "\"u\":1,\"\\u0075\":2 | /u",
                "\"u\":[0,{\"v\":{\"w\":1,\"w\":1}}] | /u/1/v/w"
            })
    void aKeyThatStandsTwiceIsNamed(String members, String pointer) {
        for (boolean keep : new boolean[] {true, false}) {
            String record = GOOD.replace("}", "," + members + "}");

            assertThat(refusal(detections(keep), record))
                    .extracting(Outcome::reason, Outcome::field)
                    .containsExactly(Reason.DUPLICATE_KEY, pointer);
            assertThat(decode(detections(keep), "[{}," + record + "]").get(1))
                    .extracting(Outcome::reason, Outcome::field)
                    .containsExactly(Reason.DUPLICATE_KEY, pointer);
        }
    }

    @Test
    void oneOfManyKeysThatStandsTwiceIsFound() {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            members.append("\"k").append(i).append("\":0,");
        }

        assertThat(event(DETECTIONS, GOOD.replace("{", "{" + members)).extra())
                .isEqualTo("{" + members.substring(0, members.length() - 1) + "}");
        assertThat(refusal(DETECTIONS, GOOD.replace("{", "{" + members + "\"k17\":0,"))
                        .field())
                .isEqualTo("/k17");
    }

    @Test
    void nestingIsLimited() {
        assertThat(decode(DETECTIONS, nested(ElementReader.MAX_DEPTH - 1)))
                .extracting(Outcome::reason)
                .containsExactly((Reason) null);
        assertThat(decode(DETECTIONS, nested(ElementReader.MAX_DEPTH)))
                .extracting(Outcome::reason)
                .containsExactly(Reason.TOO_DEEP);
        assertThat(decode(DETECTIONS, "[" + nested(500) + "," + GOOD + "]"))
                .extracting(Outcome::reason)
                .containsExactly(Reason.TOO_DEEP, null);
        assertThat(decode(DETECTIONS, "[" + GOOD + "," + nested(5_000) + "," + GOOD + "]"))
                .extracting(Outcome::reason)
                .containsExactly(null, Reason.TOO_DEEP);
        assertThat(decode(DETECTIONS, "[".repeat(Decoder.MAX_RECORD_BYTES)))
                .extracting(Outcome::reason)
                .containsExactly(Reason.TOO_DEEP);
        assertThat(decode(DETECTIONS, "{\"a\":".repeat(Decoder.MAX_RECORD_BYTES / 5)))
                .extracting(Outcome::reason)
                .containsExactly(Reason.TOO_DEEP);
    }

    private static String nested(int arrays) {
        return GOOD.replace("{", "{\"deep\":" + "[".repeat(arrays) + "]".repeat(arrays) + ",");
    }

    @Test
    void longNamesAreLimited() {
        String name = "n".repeat(RecordReader.MAX_NAME_LENGTH);

        assertThat(event(DETECTIONS, GOOD.replace("{", "{\"" + name + "\":1,")).extra())
                .isEqualTo("{\"" + name + "\":1}");
        assertThat(refusal(DETECTIONS, GOOD.replace("{", "{\"" + name + "nnnnnnnn\":1,"))
                        .reason())
                .isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void recordsAreLimitedTo1MB() {
        String filler = "x".repeat(Decoder.MAX_RECORD_BYTES - GOOD.length() - 7);
        String largest = GOOD.replace("{", "{\"u\":\"" + filler + "\",");

        assertThat(event(DETECTIONS, largest).to()).isEqualTo(Decoder.MAX_RECORD_BYTES);
        assertThat(refusal(DETECTIONS, largest + " "))
                .extracting(Outcome::reason, Outcome::from, Outcome::to)
                .containsExactly(Reason.TOO_LARGE, 0, Decoder.MAX_RECORD_BYTES + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-02T12:00:00Z, true",
        "2026-03-02T12:00:00.000001Z, false",
        "2099-01-01T00:00:00Z, false",
        "2026-01-30T12:00:00Z, true",
        "2026-01-30T11:59:59.999999Z, false",
        "1970-01-01T00:00:00Z, false"
    })
    void anEventTimeFarFromSourceTimeIsImplausible(String time, boolean plausible) {
        Outcome outcome = decode(DETECTIONS, "{\"camera_id\":\"c\",\"item\":\"i\",\"event_time\":\"" + time + "\"}")
                .get(0);

        assertThat(outcome.reason()).isEqualTo(plausible ? null : Reason.EVENT_TIME_IMPLAUSIBLE);
        assertThat(outcome.field()).isEqualTo(plausible ? null : "event_time");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"speed\" : 1.50 | {\"speed\":1.50}",
                "\"n\":1e5,\"m\":-0.10E+2 | {\"n\":1e5,\"m\":-0.10E+2}",
                "\"big\":123456789012345678901234567890.123456789 | {\"big\":123456789012345678901234567890.123456789}",
                "\"o\":{ \"a b\" : [ 1 , { \"c\" : null } ] , \"d\" : \"x y\" } | {\"o\":{\"a b\":[1,{\"c\":null}],\"d\":\"x y\"}}",
                "\"s\":\"q\\\" \\\\\",\"t\":\"\\u00e9\u00e9\\ud83d\\ude97 \\ud800\" | {\"s\":\"q\\\" \\\\\",\"t\":\"\\u00e9\u00e9\\ud83d\\ude97 \\ud800\"}",
                "\"\\u006b \u00fc\":true | {\"\\u006b \u00fc\":true}",
                "\"bbox\":{\"x\":1,\"angle\":3,\"y\":2} | {\"bbox\":{\"angle\":3}}",
                "\"bbox\":{\"p\":1,\"q\":{}},\"z\":[] | {\"bbox\":{\"p\":1,\"q\":{}},\"z\":[]}",
                "\"a\":1,\"bbox\":{\"x\":1},\"b\":2 | {\"a\":1,\"b\":2}",
                "\"Item\":1,\"camera_id \":2,\"\":3 | {\"Item\":1,\"camera_id \":2,\"\":3}",
                "\"bbox\":null | ",
                "\"bbox\":{} | "
            })
    void whatNoFieldTakesIsKeptAsItWasSent(String members, String extra) {
        assertThat(event(DETECTIONS, GOOD.replace("}", " , " + members + " } ")).extra())
                .isEqualTo(extra);
        assertThat(event(detections(false), GOOD.replace("}", " , " + members + " } "))
                        .extra())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[\"a\"] | ",
                "[\"a\",\"b\", null, \"d\"] | {\"tags\":[null,\"b\",null,\"d\"]}",
                "[null, 1, {\"k\" : 5}] | {\"tags\":[null,1]}",
                "[\"a\",null,{\"k\":5,\"l\":6},{\"k\":5}] | {\"tags\":[null,null,{\"l\":6},{\"k\":5}]}",
                "[\"a\",[],{\"l\":[ ]}] | {\"tags\":[null,[],{\"l\":[]}]}",
                "{\"0\":\"a\",\"x\":1} | {\"tags\":{\"x\":1}}"
            })
    void inAnArrayWhatNoFieldTakesKeepsItsPosition(String tags, String extra) {
        EventSpec spec = spec(
                true,
                new Field("first", FieldType.STRING, false, "/tags/0"),
                new Field("third", FieldType.INT, false, "/tags/2/k"));

        assertThat(event(spec, "{\"tags\":" + tags + "," + TIME + "}").extra()).isEqualTo(extra);
    }

    @Test
    void textIsUnescapedAndKeepsEveryCharacter() {
        // Given
        String text =
                "Z\u00fcrich \u6771\u4eac \uD83D\uDE97 \\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9 \\ud83d\\ude97 \\u0000";

        // When
        Outcome event = event(typed(FieldType.STRING), withValue("\"" + text + "\""));

        // Then
        assertThat(event.values().get(0))
                .isEqualTo("Z\u00fcrich \u6771\u4eac \uD83D\uDE97 \" \\ / \b\f\n\r\t \u00e9 \uD83D\uDE97 \0");
    }

    @Test
    void aByteOrderMarkIsPassedOver() {
        assertThat(event(DETECTIONS, "\uFEFF" + GOOD).to()).isEqualTo(GOOD.length() + 3);
        assertThat(decode(DETECTIONS, "\uFEFF[" + GOOD + ",{\"u\":1}]"))
                .extracting(Outcome::from, Outcome::to)
                .containsExactly(tuple(4, 4 + GOOD.length()), tuple(5 + GOOD.length(), 12 + GOOD.length()));
        assertThat(event(DETECTIONS, "\uFEFF" + GOOD.replace("{", "{\"u\":7,")).extra())
                .isEqualTo("{\"u\":7}");
    }

    @Test
    void detailAndFieldShowNoValueAndNoControlCharacter() {
        // Given
        String secret = "s3cr3t";
        String[] records = {
            "{\"camera_id\":{\"x\":\"" + secret + "\"}}",
            "{\"event_time\":\"" + secret + "\"}",
            "{\"item\":" + secret + "}",
            secret,
            "{\"confidence\":\"" + secret + "\"}",
            "{\"x\":\"" + secret
        };

        for (String record : records) {
            assertThat(refusal(DETECTIONS, record).detail()).doesNotContain(secret);
        }
        assertThat(refusal(DETECTIONS, "{\"\\u0007k\":1,\"\\u0007k\":1}").field())
                .isEqualTo("/\uFFFDk");
        String longName = "n".repeat(1000);
        assertThat(refusal(DETECTIONS, "{\"" + longName + "\":1,\"" + longName + "\":1}")
                        .field())
                .hasSize(256);
    }

    @Test
    void aSinkThatFailsIsNotTakenForABadRecordAndLeavesTheDecoderUsable() {
        // Given
        Decoder decoder = new Decoder(DETECTIONS);
        byte[] record = ("[" + GOOD + "," + GOOD + "]").getBytes(StandardCharsets.UTF_8);
        Decoder.Sink failing = new Decoder.Sink() {
            @Override
            public void event(
                    int index,
                    long eventTimeMicros,
                    @Nullable Object[] values,
                    @Nullable String extra,
                    int from,
                    int to) {
                throw new IllegalStateException("full");
            }

            @Override
            public void refused(int index, Reason reason, @Nullable String field, String detail, int from, int to) {
                throw new AssertionError(reason);
            }
        };

        // When
        assertThatIllegalStateException()
                .isThrownBy(() -> decoder.decode(record, SOURCE_TIME, failing))
                .withMessage("full");

        // Then
        assertThat(decode(decoder, record)).extracting(Outcome::reason).containsExactly(null, null);
    }

    @Test
    void everyEventHasValuesOfItsOwn() {
        List<Outcome> outcomes = decode(DETECTIONS, "[" + GOOD + "," + GOOD.replace("cam-1", "cam-2") + "]");

        assertThat(outcomes).extracting(o -> o.values().get(1)).containsExactly("cam-1", "cam-2");
    }

    @Test
    void sourceTimesAtTheEndsOfTheRangeDoNotOverflow() {
        for (long sourceTime : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
            Outcomes outcomes = new Outcomes();
            new Decoder(DETECTIONS).decode(GOOD.getBytes(StandardCharsets.UTF_8), sourceTime, outcomes);
            assertThat(outcomes.all).extracting(Outcome::reason).containsExactly(Reason.EVENT_TIME_IMPLAUSIBLE);
        }
    }

    @Test
    void datesAreDates() {
        assertThat(event(typed(FieldType.DATE), withValue("\"0000-12-31\""))
                        .values()
                        .get(0))
                .isEqualTo(LocalDate.of(0, 12, 31));
    }
}
