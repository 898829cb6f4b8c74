package io.sightline.decode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Records as cameras send them, and what bad lines, bad software and bad luck make of them. Seeded. */
final class Mutations {
    private static final List<String> ITEMS =
            List.of("person", "car", "bicycle", "\u81ea\u8ee2\u8eca", "\uD83D\uDE97", "a\\\"b", "\\u00e9");
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u",
            "\\ud83d",
            "null",
            "true",
            "NaN",
            "-Infinity",
            "1e999",
            "-",
            ".",
            "0",
            "9999999999",
            "3.0",
            "\"x\":1,",
            "\"item\":",
            "\"\"",
            " ",
            "\n",
            "\u0000",
            "\u00e9",
            "\uFEFF",
            "{}",
            "[],",
            "Z",
            "T24:00");

    private final Random random;

    Mutations(Random random) {
        this.random = random;
    }

    /** A record, damaged up to four times; one in twenty is not damaged at all. */
    byte[] next() {
        byte[] record = record();
        if (random.nextInt(20) > 0) {
            int more = random.nextInt(3) == 0 ? random.nextInt(4) : 0;
            for (int times = 0; times <= more; times++) {
                record = damage(record);
            }
        }
        return record;
    }

    private byte[] record() {
        if (random.nextInt(4) > 0) {
            return event().getBytes(StandardCharsets.UTF_8);
        }
        String[] events = new String[random.nextInt(4)];
        Arrays.setAll(events, i -> random.nextInt(10) == 0 ? "null" : event());
        return ("[" + String.join(random.nextBoolean() ? "," : " , ", events) + "]").getBytes(StandardCharsets.UTF_8);
    }

    private String event() {
        StringBuilder json = new StringBuilder("{");
        if (random.nextInt(10) > 0) {
            json.append(String.format(Locale.ROOT, "\"event_id\": \"%016x\", ", random.nextLong()));
        }
        json.append("\"camera_id\":\"cam-").append(random.nextInt(40)).append("\",");
        json.append("\"item\": \"")
                .append(ITEMS.get(random.nextInt(ITEMS.size())))
                .append("\",");
        json.append("\"confidence\":")
                .append(random.nextInt(9) == 0 ? "1" : random.nextDouble())
                .append(",");
        json.append("\"bbox\":{\"x\":").append(random.nextInt(190_000) / 100.0).append(",\"y\":-7e1");
        json.append(random.nextInt(3) == 0 ? ",\"angle\":{\"deg\":[1, 2]}}," : "},");
        json.append("\"count\":")
                .append(random.nextInt())
                .append(",\"seen\":")
                .append(random.nextLong())
                .append(",");
        json.append("\"parked\":").append(random.nextBoolean()).append(",");
        json.append("\"tags\":[\"a\", {\"k\":").append(random.nextInt(9)).append(",\"l\":null}, \"b\"],");
        json.append("\"day\":\"2026-0").append(1 + random.nextInt(9)).append("-15\",");
        if (random.nextInt(3) == 0) {
            json.append(
                    "\"speed_mps\":1.50,\"note\":\"\\u00e9\\ud83d\\ude97 \u00fc\",\"more\":{\"a\":[{}],\"b\":null},");
        }
        json.append("\"event_time\":").append(time()).append("}");
        return json.toString();
    }

    private String time() {
        long millis = Outcomes.SOURCE_TIME - random.nextInt(100_000);
        return switch (random.nextInt(3)) {
            case 0 -> Long.toString(millis);
            case 1 -> "\"" + Instant.ofEpochMilli(millis) + "\"";
            default ->
                "\"2026-03-01T13:" + String.format(Locale.ROOT, "%02d", random.nextInt(60)) + ":07.1234567+02:00\"";
        };
    }

    private byte[] damage(byte[] record) {
        int at = random.nextInt(record.length + 1);
        int end = Math.min(record.length, at + 1 + random.nextInt(random.nextInt(8) == 0 ? 200 : 8));
        return switch (random.nextInt(7)) {
            case 0 -> flipBit(record, at);
            case 1 ->
                splice(record, at, new byte[] {(byte) random.nextInt(256)}, 0, 1, Math.min(record.length, at + 1));
            case 2 -> splice(record, at, record, 0, 0, end);
            case 3 -> insert(record, at, TOKENS.get(random.nextInt(TOKENS.size())));
            case 4 -> Arrays.copyOf(record, at);
            case 5 -> splice(record, at, record, at, end, at);
            default -> {
                byte[] other = record();
                int from = random.nextInt(other.length);
                yield splice(record, at, other, from, from + random.nextInt(other.length - from + 1), end);
            }
        };
    }

    private byte[] flipBit(byte[] record, int at) {
        byte[] flipped = record.clone();
        if (at < flipped.length) {
            flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] insert(byte[] record, int at, String token) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return splice(record, at, bytes, 0, bytes.length, at);
    }

    /** The record up to {@code at}, then a piece of another, then the record from {@code resume} on. */
    private static byte[] splice(byte[] record, int at, byte[] piece, int from, int to, int resume) {
        ByteArrayOutputStream spliced = new ByteArrayOutputStream();
        spliced.write(record, 0, at);
        spliced.write(piece, from, to - from);
        spliced.write(record, resume, record.length - resume);
        return spliced.toByteArray();
    }
}
