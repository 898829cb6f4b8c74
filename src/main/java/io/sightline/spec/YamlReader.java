package io.sightline.spec;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Text to {@link YamlNode}: a strict subset of YAML. One document, no anchors, aliases, tags or merge keys, no key given
 * twice, bounded depth. Reads the parser's events rather than constructed objects, so nothing in a file can name a class
 * or grow beyond what is written, and every value is seen as typed.
 */
final class YamlReader {
    private static final int DEEPEST = 20;

    private final Problems problems;
    private final Iterator<Event> events;

    private YamlReader(String text, Problems problems) {
        this.problems = problems;
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        this.events = new Yaml(options).parse(new StringReader(text)).iterator();
    }

    /** The document's root; null, with a problem added, if there is none to be had. */
    static @Nullable YamlNode read(String text, Problems problems) {
        try {
            return new YamlReader(text, problems).document();
        } catch (TooDeep e) {
            problems.add(e.line, "", null, "nested too deeply", "at most " + DEEPEST + " levels", null);
        } catch (MarkedYAMLException e) {
            addSyntaxProblem(e, text, problems);
        } catch (ReaderException e) {
            problems.add(
                    lineOf(text, e.getPosition()),
                    "",
                    null,
                    String.format("holds the character U+%04X, which YAML does not allow", e.getCodePoint()),
                    null,
                    null);
        } catch (YAMLException e) {
            problems.add(0, "", null, "not YAML", null, null);
        }
        return null;
    }

    private @Nullable YamlNode document() {
        next(); // start of stream
        if (!next().is(Event.ID.DocumentStart)) {
            problems.add(0, "", null, "the file is empty", null, null);
            return null;
        }
        YamlNode root = node(next(), "", 1);
        next(); // end of document
        Event after = next();
        if (after.is(Event.ID.DocumentStart)) {
            problems.add(line(after), "", null, "a second document begins here", "one pipeline a file", null);
        }
        return root;
    }

    private YamlNode node(Event event, String path, int depth) {
        if (depth > DEEPEST) {
            throw new TooDeep(line(event));
        }
        refuseAnchorsAndTags(event, path);
        if (event instanceof ScalarEvent scalar) {
            return new YamlNode.Scalar(line(event), scalar.getValue(), scalar.isPlain());
        }
        if (event instanceof SequenceStartEvent) {
            List<YamlNode> items = new ArrayList<>();
            for (Event item = next(); !item.is(Event.ID.SequenceEnd); item = next()) {
                items.add(node(item, Place.item(path, items.size()), depth + 1));
            }
            return new YamlNode.Sequence(line(event), items);
        }
        if (event instanceof MappingStartEvent) {
            return mapping(event, path, depth);
        }
        return new YamlNode.Scalar(line(event), "", false); // an alias, refused above
    }

    private YamlNode mapping(Event start, String path, int depth) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (Event event = next(); !event.is(Event.ID.MappingEnd); event = next()) {
            YamlNode key = node(event, path, depth + 1);
            boolean isText = key instanceof YamlNode.Scalar;
            String name = key instanceof YamlNode.Scalar scalar ? scalar.text() : "";
            YamlNode value = node(next(), Place.key(path, name), depth + 1);
            if (!isText) {
                problems.add(key.line(), path, null, key.kind() + " stands where a key is wanted", null, null);
                continue;
            }
            Integer first = lines.putIfAbsent(name, key.line());
            if (first != null) {
                problems.add(
                        key.line(),
                        Place.key(path, name),
                        null,
                        "given twice; first on line " + first,
                        "each key once",
                        null);
                continue;
            }
            entries.add(new YamlNode.Entry(key.line(), name, value));
        }
        return new YamlNode.Mapping(line(start), entries);
    }

    private void refuseAnchorsAndTags(Event event, String path) {
        if (event instanceof AliasEvent) {
            problems.add(line(event), path, null, "an alias (*) stands here", "the value itself", null);
        } else if (event instanceof NodeEvent node && node.getAnchor() != null) {
            problems.add(line(event), path, null, "an anchor (&) stands here", "the value alone", null);
        }
        String tag = null;
        if (event instanceof ScalarEvent scalar) {
            tag = scalar.getTag();
        } else if (event instanceof SequenceStartEvent sequence) {
            tag = sequence.getTag();
        } else if (event instanceof MappingStartEvent mapping) {
            tag = mapping.getTag();
        }
        if (tag != null) {
            problems.add(line(event), path, null, "a tag (!) stands here", "the value alone", null);
        }
    }

    private Event next() {
        return events.next();
    }

    private static int line(Event event) {
        return event.getStartMark().getLine() + 1;
    }

    private static void addSyntaxProblem(MarkedYAMLException e, String text, Problems problems) {
        int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
        String source = line == 0 ? "" : text.lines().skip(line - 1).findFirst().orElse("");
        if (source.substring(0, source.length() - source.stripLeading().length())
                .contains("\t")) {
            problems.add(line, "", null, "a tab stands in the indentation", "spaces", null);
            return;
        }
        String hint = source.contains("${") ? "put quotes around a value that holds ${...} inside { } or [ ]" : null;
        problems.add(line, "", null, "not YAML: " + e.getProblem(), null, hint);
    }

    private static int lineOf(String text, int position) {
        return 1
                + (int) text.codePoints().limit(position).filter(c -> c == '\n').count();
    }

    /** Ends the reading of a file that is nested beyond what any pipeline needs. */
    private static final class TooDeep extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int line;

        TooDeep(int line) {
            super(null, null, false, false);
            this.line = line;
        }
    }
}
