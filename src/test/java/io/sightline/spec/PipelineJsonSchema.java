package io.sightline.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * {@link PipelineFormat} as a JSON Schema (draft 2020-12), so that editors complete and check pipeline files. It says
 * what one place alone tells; the ranges of durations and the rules of {@link CrossCheck} are the loader's only.
 */
final class PipelineJsonSchema {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private PipelineJsonSchema() {}

    /** The schema as text, with a last line break. */
    static String text() throws JsonProcessingException {
        ObjectNode schema = MAPPER.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Sightline pipeline file");
        describe(PipelineFormat.FILE, schema);
        ObjectNode definitions = schema.putObject("$defs");
        for (Names names : Names.values()) {
            ObjectNode definition = definitions.putObject(names.name());
            text(definition, Names.REGEX);
            ArrayNode forbidden = definition.putObject("not").putArray("enum");
            names.taken().stream().sorted().forEach(forbidden::add);
            ReservedWords.ALL.stream().sorted().forEach(forbidden::add);
        }
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(indenter);
        return MAPPER.writer(printer).writeValueAsString(schema) + "\n";
    }

    private static void describe(Shape shape, ObjectNode to) {
        if (shape instanceof Shape.Keys keys) {
            describeKeys(keys, to);
        } else if (shape instanceof Shape.Named named) {
            to.put("type", "object").put("minProperties", named.least());
            describe(named.name(), to.putObject("propertyNames"));
            describe(named.value(), to.putObject("additionalProperties"));
        } else if (shape instanceof Shape.Items items) {
            to.put("type", "array").put("minItems", items.least()).put("uniqueItems", true);
            describe(items.element(), to.putObject("items"));
        } else if (shape instanceof Shape.Either either) {
            ArrayNode alternatives = to.putArray("anyOf");
            describe(either.one(), alternatives.addObject());
            describe(either.other(), alternatives.addObject());
        } else if (shape instanceof Shape.Name name) {
            to.put("$ref", "#/$defs/" + name.names().name());
        } else if (shape instanceof Shape.Text form) {
            text(to, form.regex());
        } else if (shape instanceof Shape.Whole whole) {
            to.put("type", "integer").put("minimum", 0).put("maximum", whole.most());
        } else if (shape instanceof Shape.Choice choice) {
            choice.words().forEach(to.putArray("enum")::add);
        } else if (shape instanceof Shape.Truth) {
            to.put("type", "boolean");
        } else if (shape instanceof Shape.Span) {
            text(to, DurationText.REGEX);
        } else if (shape instanceof Shape.Referable referable) {
            to.put("type", "string");
            to.put("pattern", referable.secret() ? "\\$\\{" : "\\S");
        }
    }

    private static void describeKeys(Shape.Keys keys, ObjectNode to) {
        to.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = to.putObject("properties");
        ArrayNode required = to.putArray("required");
        for (Key key : keys.keys()) {
            ObjectNode property = properties.putObject(key.name());
            property.put("description", key.about());
            describe(key.shape(), property);
            if (key.byDefault() != null) {
                if (key.shape() instanceof Shape.Truth) {
                    property.put("default", Boolean.parseBoolean(key.byDefault()));
                } else if (key.shape() instanceof Shape.Whole) {
                    property.put("default", Integer.parseInt(key.byDefault()));
                } else {
                    property.put("default", key.byDefault());
                }
            }
            if (key.required()) {
                required.add(key.name());
            }
        }
    }

    private static void text(ObjectNode to, String regex) {
        to.put("type", "string").put("pattern", "^(" + regex + ")$");
    }
}
