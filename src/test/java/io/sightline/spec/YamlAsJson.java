package io.sightline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;

/** YAML as an editor shows it to a JSON Schema, save that numbers stay text, as the loader has them. */
final class YamlAsJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private YamlAsJson() {}

    static String of(String yaml) {
        return toJson(YamlReader.read(yaml, new Problems("test.yaml"))).toString();
    }

    private static JsonNode toJson(@Nullable YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            ObjectNode object = MAPPER.createObjectNode();
            mapping.entries().forEach(entry -> object.set(entry.key(), toJson(entry.value())));
            return object;
        }
        if (node instanceof YamlNode.Sequence sequence) {
            ArrayNode array = MAPPER.createArrayNode();
            sequence.items().forEach(item -> array.add(toJson(item)));
            return array;
        }
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNothing()) {
            return NullNode.instance;
        }
        boolean truth = scalar.text().equals("true") || scalar.text().equals("false");
        return truth ? BooleanNode.valueOf(Boolean.parseBoolean(scalar.text())) : TextNode.valueOf(scalar.text());
    }
}
