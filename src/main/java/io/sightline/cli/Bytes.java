package io.sightline.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes for people's eyes: as text if they are text, else as a dump. */
final class Bytes {
    private static final int DUMP_WIDTH = 16;

    private Bytes() {}

    /** The text, if it is UTF-8 without control characters other than tabs and line ends; else lines of hex digits. */
    static String forPeople(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return dump(bytes);
        }
        boolean printable =
                text.codePoints().allMatch(c -> c == '\n' || c == '\r' || c == '\t' || !Character.isISOControl(c));
        return printable ? text : dump(bytes);
    }

    private static String dump(byte[] bytes) {
        StringBuilder dump = new StringBuilder();
        for (int from = 0; from < bytes.length; from += DUMP_WIDTH) {
            int to = Math.min(from + DUMP_WIDTH, bytes.length);
            StringBuilder characters = new StringBuilder();
            for (int i = from; i < to; i++) {
                characters.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
            }
            String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, from, to);
            dump.append("%08x  %-47s  %s%n".formatted(from, hex, characters));
        }
        return dump.toString().stripTrailing();
    }
}
