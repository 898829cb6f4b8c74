package io.sightline.gateway.sql;

import io.sightline.gateway.StatementException.Position;
import java.util.List;

/**
 * One statement of a script, spelled so that the parser reads it.
 *
 * @param text without comments; parameters are {@code ?}
 * @param original as it stood there
 * @param parameters for each {@code ?}, in order, the number of its {@code $n}, from 1
 * @param offsets for each character of the text, where it comes from in the script, from 0
 */
public record ScriptStatement(String text, String original, List<Integer> parameters, int[] offsets) {

    /** Whether nothing stands there but white space and comments. */
    public boolean isEmpty() {
        return text.isBlank();
    }

    /** How many parameters a client gives: the highest number. */
    public int parameterCount() {
        return parameters.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** The character of the script, from 1, at a place in the text. */
    public int offset(Position position) {
        int line = 1;
        int start = 0;
        while (line < position.line()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                break;
            }
            start = end + 1;
            line++;
        }
        int at = Math.min(start + position.column() - 1, text.length() - 1);
        return at < 0 ? 1 : offsets[at] + 1;
    }
}
