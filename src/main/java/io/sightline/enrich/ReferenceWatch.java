package io.sightline.enrich;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches the files of one reference, and reads them: all rows or none.
 *
 * <p>A file that is written in place may be half there when it is looked at. So {@link #look} reads only what looked the
 * same the time before, and takes nothing that changed while it was read. (Who writes beside the file and renames is
 * safe in any case.) Keeps no rows. Used by one thread at a time.
 */
public final class ReferenceWatch {
    private final ReferenceLayout layout;
    private final ReferenceStorage from;
    private final ReferenceLimits limits;
    private final ReferenceFiles files;

    /** How the files looked when they were last read to the end, accepted or not. */
    private @Nullable List<ReferenceStorage.Look> done;
    /** How they looked the last time. */
    private @Nullable List<ReferenceStorage.Look> last;

    public ReferenceWatch(ReferenceLayout layout, ReferenceStorage from, ReferenceLimits limits) {
        this.layout = layout;
        this.from = from;
        this.limits = limits;
        this.files = new ReferenceFiles(layout.reference(), from, limits.maxBytes());
    }

    /** What a look at the files brought. */
    public sealed interface Outcome {
        /** They are as they were when last read. */
        record Unchanged() implements Outcome {}

        /** They are being written, or may be: look again in a moment. */
        record Settling() implements Outcome {}

        /** They were read, and every row is in order. It may be what they held before. */
        record Loaded(ReferenceContent content) implements Outcome {}

        /** They cannot be used. Said again at every look only while they cannot be read at all. */
        record Refused(ReferenceException cause) implements Outcome {}
    }

    /** Looks at the files, and reads them if they changed and have come to rest since. */
    public Outcome look() {
        List<ReferenceStorage.Look> now;
        try {
            now = files.look();
        } catch (ReferenceException e) {
            forget();
            return new Outcome.Refused(e);
        }
        if (now.equals(done)) {
            return new Outcome.Unchanged();
        }
        if (!now.equals(last)) {
            last = now;
            return new Outcome.Settling();
        }
        return read(now);
    }

    /** Reads the files as they are now. */
    public Outcome load() {
        try {
            return read(files.look());
        } catch (ReferenceException e) {
            forget();
            return new Outcome.Refused(e);
        }
    }

    /** What to say of files that are not at rest for too long. */
    public ReferenceException neverAtRest() {
        return ReferenceException.unusable(
                layout.reference(), from + " is being written all the time; write beside it and rename when done");
    }

    private Outcome read(List<ReferenceStorage.Look> now) {
        Optional<List<ReferenceFiles.Content>> contents;
        try {
            contents = files.read(now);
        } catch (ReferenceException e) {
            forget();
            return new Outcome.Refused(e);
        }
        if (contents.isEmpty()) {
            forget();
            return new Outcome.Settling();
        }
        done = now;
        try {
            return new Outcome.Loaded(parse(contents.get()));
        } catch (ReferenceException e) {
            return new Outcome.Refused(e);
        }
    }

    /** Reads the files at one of the next looks even if they do not change: what was read last came to nothing. */
    public void forget() {
        done = null;
        last = null;
    }

    private ReferenceContent parse(List<ReferenceFiles.Content> contents) {
        ReferenceProblems problems = new ReferenceProblems();
        ReferenceRows rows = new ReferenceRows(layout, limits.maxRows(), problems);
        for (ReferenceFiles.Content content : contents) {
            rows.startFile(content.name());
            String text = text(content.bytes(), rows);
            if (text == null) {
                continue;
            }
            if (content.isCsv()) {
                new CsvRows(layout, rows).read(text);
            } else {
                new JsonRows(layout, rows).read(text);
            }
        }
        problems.throwIfAny(layout.reference(), from.toString());
        if (rows.rows().isEmpty()) {
            throw ReferenceException.unusable(layout.reference(), from + " has no rows");
        }
        return new ReferenceContent(ReferenceFiles.hash(contents), rows.rows());
    }

    /** The text of a file in UTF-8, without a byte order mark; null, with the problem named, if it is not UTF-8. */
    private static @Nullable String text(byte[] bytes, ReferenceRows rows) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            long line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            rows.problem(line, "not UTF-8 at byte " + in.position() + " of the file; save the file as UTF-8");
            return null;
        }
        String text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
