package io.sightline.spec;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with a pipeline file. Every text is one printable line, and no secret stands in it.
 *
 * @param file the file as the person named it
 * @param line from 1; 0 if it has none
 * @param path where, as the person would type it: {@code event.fields.bbox_x.type}; empty for the file as a whole
 * @param value what stands there; null if that says nothing
 * @param message what is wrong; lowercase, no full stop
 * @param accepted what may stand there; null if the message says it
 * @param hint what to do; null if there is nothing to add
 */
public record Problem(
        String file,
        int line,
        String path,
        @Nullable String value,
        String message,
        @Nullable String accepted,
        @Nullable String hint)
        implements Serializable {

    /** The problem as one line: {@code FILE:LINE: PATH: MESSAGE: `VALUE`; accepted: ACCEPTED; HINT}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line);
        }
        text.append(": ");
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        text.append(message);
        if (value != null) {
            text.append(": `").append(value).append('`');
        }
        if (accepted != null) {
            text.append("; accepted: ").append(accepted);
        }
        if (hint != null) {
            text.append("; ").append(hint);
        }
        return text.toString();
    }
}
