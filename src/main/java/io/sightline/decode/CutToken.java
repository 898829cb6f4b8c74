package io.sightline.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Tells a record that was cut inside a number or a word ({@code tru}, {@code 1.}) or after a comma from one that is not JSON;
 * the parser reports all alike. It is cut if it would be JSON as far as it goes with one token more in place of the
 * unfinished one.
 */
final class CutToken {
    private static final List<String> WORDS = List.of("true", "false", "null", "NaN", "Infinity", "-Infinity");
    private static final Pattern NUMBER_TO_BE_CONTINUED =
            Pattern.compile("-|-?(0|[1-9][0-9]*)(\\.|(\\.[0-9]+)?[eE][+-]?)");
    private static final int LONGEST = 1000;

    private CutToken() {}

    static boolean isAtEnd(JsonFactory factory, byte[] record) {
        int start = record.length;
        while (start > 0 && record.length - start <= LONGEST && isPartOfToken(record[start - 1])) {
            start--;
        }
        String token = new String(record, start, record.length - start, StandardCharsets.US_ASCII);
        if (token.isEmpty()) {
            return isJsonAsFarAsItGoes(factory, record, start, '"');
        }
        return isBeginning(token) && isJsonAsFarAsItGoes(factory, record, start, '0');
    }

    private static boolean isBeginning(String token) {
        return WORDS.stream().anyMatch(word -> word.startsWith(token))
                || NUMBER_TO_BE_CONTINUED.matcher(token).matches();
    }

    private static boolean isJsonAsFarAsItGoes(JsonFactory factory, byte[] record, int length, char next) {
        byte[] completed = Arrays.copyOf(record, length + 1);
        completed[length] = (byte) next;
        int values = 0;
        try (JsonParser parser = factory.createParser(completed)) {
            while (parser.nextToken() != null) {
                values += parser.getParsingContext().inRoot() ? 1 : 0;
            }
            return values == 1;
        } catch (JsonEOFException cut) {
            return values == 0;
        } catch (IOException | RuntimeException notJson) {
            return false;
        }
    }

    private static boolean isPartOfToken(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || b == '-'
                || b == '+'
                || b == '.';
    }
}
