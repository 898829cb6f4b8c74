package io.sightline.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonStreamContext;
import java.io.IOException;

/** Where a parser stands in its record. */
final class Place {
    private static final int LONGEST_POINTER = 256;
    private static final char REPLACEMENT = '\uFFFD';

    private Place() {}

    /** The position of the first byte of the current token; of a field name, its opening quote. */
    static int startOfToken(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** The position after the last byte of the current token, which is not a field name. */
    static int endOfToken(JsonParser parser) throws IOException {
        parser.finishToken();
        return (int) parser.currentLocation().getByteOffset();
    }

    /**
     * The JSON pointer, within its element, of the current token. Its names are the input's: it is cut after 256 characters,
     * and control characters are replaced.
     */
    static String pointer(JsonParser parser) {
        JsonPointer pointer = JsonPointer.forPath(parser.getParsingContext(), false);
        String text = (isInArrayRecord(parser.getParsingContext()) ? pointer.tail() : pointer).toString();
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(LONGEST_POINTER)
                .map(c -> Character.isISOControl(c) ? REPLACEMENT : c)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }

    private static boolean isInArrayRecord(JsonStreamContext context) {
        JsonStreamContext outermost = context;
        while (!outermost.getParent().inRoot()) {
            outermost = outermost.getParent();
        }
        return outermost.inArray();
    }
}
