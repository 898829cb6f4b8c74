package io.sightline.spec;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a tree against a {@link Shape}: kinds, keys, forms and ranges; whatever one place alone tells. */
final class ShapeCheck {
    private static final int LONGEST_TEXT = 2_000;

    private final Problems problems;

    ShapeCheck(Problems problems) {
        this.problems = problems;
    }

    void check(Place place, Shape shape) {
        YamlNode node = place.node();
        if (node == null || (node instanceof YamlNode.Scalar scalar && scalar.isNothing())) {
            problems.add(place, null, "has no value", shape.accepted(), "give one, or remove the key");
        } else if (shape instanceof Shape.Either either) {
            check(place, standsFor(node, either.one()) ? either.one() : either.other());
        } else if (!standsFor(node, shape)) {
            problems.add(place, null, "is " + node.kind(), shape.accepted(), null);
        } else if (shape instanceof Shape.Keys keys) {
            checkKeys(place, keys);
        } else if (shape instanceof Shape.Named named) {
            checkNamed(place, named);
        } else if (shape instanceof Shape.Items items) {
            checkItems(place, items);
        } else if (shape instanceof Shape.One one) {
            checkText(place, place.requiredText(), one);
        }
    }

    private static boolean standsFor(YamlNode node, Shape shape) {
        if (node instanceof YamlNode.Sequence) {
            return shape instanceof Shape.Items;
        }
        if (node instanceof YamlNode.Mapping) {
            return shape instanceof Shape.Keys || shape instanceof Shape.Named;
        }
        return shape instanceof Shape.One;
    }

    private void checkKeys(Place place, Shape.Keys shape) {
        Set<String> meant = new HashSet<>();
        for (Place.Named entry : place.entries()) {
            if (!shape.names().contains(entry.name())) {
                problems.add(
                        entry.place(),
                        null,
                        "unknown key",
                        String.join(", ", shape.names()),
                        hint(entry.name(), shape));
                meant.add(String.valueOf(Spelling.nearest(entry.name(), shape.names())));
            }
        }
        for (Key key : shape.keys()) {
            boolean given = place.node() instanceof YamlNode.Mapping mapping && mapping.find(key.name()) != null;
            if (given) {
                check(place.at(key), key.shape());
            } else if (key.required() && !meant.contains(key.name())) {
                problems.add(place.at(key), null, "missing", key.shape().accepted(), null);
            }
        }
    }

    private static @Nullable String hint(String unknown, Shape.Keys shape) {
        String spelling = Spelling.hint(unknown, shape.names());
        if (spelling != null) {
            return spelling;
        }
        String section = PipelineFormat.sectionOf(unknown);
        return section == null ? null : "it belongs under `" + section + "`";
    }

    private void checkNamed(Place place, Shape.Named shape) {
        if (place.entries().size() < shape.least()) {
            problems.add(place, null, "is empty", shape.accepted(), null);
        }
        for (Place.Named entry : place.entries()) {
            checkName(entry.place(), entry.name(), shape.name());
            check(entry.place(), shape.value());
        }
    }

    private void checkItems(Place place, Shape.Items shape) {
        List<Place> items = place.items();
        if (items.size() < shape.least()) {
            problems.add(place, null, "is empty", shape.accepted(), null);
        }
        Set<Object> seen = new HashSet<>();
        for (Place item : items) {
            check(item, shape.element());
            boolean first = item.isList() ? seen.add(item.texts()) : item.isMapping() || seen.add(item.text() + "");
            if (!first) {
                problems.add(item, item.text(), "listed twice", "each once", null);
            }
        }
    }

    private void checkText(Place place, String text, Shape.One shape) {
        if (text.length() > LONGEST_TEXT) {
            problems.add(place, null, "longer than " + LONGEST_TEXT + " characters", shape.accepted(), null);
        } else if (shape instanceof Shape.Name name) {
            checkName(place, text, name);
        } else if (shape instanceof Shape.Referable referable) {
            checkReferable(place, text, referable);
        } else if (shape instanceof Shape.Span span) {
            checkSpan(place, text, span);
        } else if (shape instanceof Shape.Choice choice) {
            if (!choice.words().contains(text)) {
                refuse(place, text, choice, Spelling.hint(text, choice.words()));
            }
        } else if (shape instanceof Shape.Truth truth) {
            if (!List.of("true", "false").contains(text)) {
                refuse(place, text, truth, null);
            }
        } else if (shape instanceof Shape.Whole whole) {
            if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) > whole.most()) {
                refuse(place, text, whole, null);
            }
        } else if (shape instanceof Shape.Text form && !text.matches(form.regex())) {
            refuse(place, text, form, null);
        }
    }

    private void checkName(Place place, String text, Shape.Name shape) {
        if (!text.matches(Names.REGEX)) {
            refuse(place, text, shape, null);
            return;
        }
        String objection = shape.names().objection(text);
        if (objection != null) {
            problems.add(place, text, "is " + objection, "any other name", null);
        }
    }

    private void checkSpan(Place place, String text, Shape.Span shape) {
        Duration duration = DurationText.parse(text);
        if (duration == null) {
            refuse(place, text, shape, text.matches("[0-9]+") ? "a unit is missing" : null);
        } else if (duration.compareTo(shape.least()) < 0) {
            problems.add(place, text, "too short", shape.accepted(), shape.because());
        } else if (duration.compareTo(shape.most()) > 0) {
            problems.add(place, text, "too long", shape.accepted(), shape.because());
        }
    }

    private void checkReferable(Place place, String text, Shape.Referable shape) {
        if (text.isBlank()) {
            refuse(place, text, shape, null);
            return;
        }
        List<SettingPart> parts;
        try {
            parts = SettingPart.parse(text);
        } catch (IllegalArgumentException e) {
            problems.add(place, text, String.valueOf(e.getMessage()), SettingPart.ACCEPTED, null);
            return;
        }
        boolean references = parts.stream().anyMatch(part -> !(part instanceof SettingPart.Literal));
        boolean byDefault = parts.stream()
                .anyMatch(part -> part instanceof SettingPart.Variable variable && variable.byDefault() != null);
        boolean literal = shape.secret() && (!references || byDefault);
        if (literal || Secrets.mayStandIn(text)) {
            problems.add(
                    place,
                    Secrets.REDACTED,
                    "a secret stands in the file",
                    shape.secret() ? shape.accepted() : SettingPart.ACCEPTED,
                    "put it into an environment variable or a file, and a reference to that here");
        }
    }

    private void refuse(Place place, String text, Shape.One shape, @Nullable String hint) {
        String elsewhere = text.contains("${") && !(shape instanceof Shape.Referable)
                ? "references can stand only in source.bootstrap-servers, source.connection-string and enrich[].from"
                : hint;
        problems.add(place, text, "not " + shape.what(), shape.accepted(), elsewhere);
    }
}
