package io.sightline.decode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.spec.EventSpec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@link Decoder} said a second time, the slow way: over a tree of the whole JSON, read from characters. Knows
 * the faults of an element, not which of them comes first.
 */
final class TreeOracle {
    private static final ObjectMapper LENIENT = mapper(false);
    private static final ObjectMapper STRICT = mapper(true);

    private final EventSpec spec;
    private final List<Field> fields;

    TreeOracle(EventSpec spec) {
        this.spec = spec;
        this.fields = spec.schema().fields();
    }

    private static ObjectMapper mapper(boolean refuseDuplicates) {
        return JsonMapper.builder()
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, refuseDuplicates)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /** What is expected of an element: an event, or a refusal for one of the reasons. */
    record Expected(
            Set<Reason> reasons,
            List<@Nullable Object> values,
            @Nullable JsonNode extra) {}

    /** The JSON of all these bytes; empty if they are none. */
    static Optional<JsonNode> read(byte[] bytes, int from, int to) {
        return read(LENIENT, bytes, from, to);
    }

    private static Optional<JsonNode> read(ObjectMapper mapper, byte[] bytes, int from, int to) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
            JsonNode node = mapper.readTree(text.startsWith("\uFEFF") ? text.substring(1) : text);
            return node.isMissingNode() || hasHalfCharacterInName(node) ? Optional.empty() : Optional.of(node);
        } catch (CharacterCodingException | JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** What is expected of the element that is these bytes. */
    Expected expect(byte[] bytes, int from, int to, long sourceTimeMillis) {
        JsonNode element = read(bytes, from, to).orElseThrow();
        Set<Reason> reasons = EnumSet.noneOf(Reason.class);
        List<@Nullable Object> values = new ArrayList<>();
        if (!element.isObject()) {
            reasons.add(Reason.NOT_AN_OBJECT);
            return new Expected(reasons, values, null);
        }
        if (read(STRICT, bytes, from, to).isEmpty()) {
            // A tree has one value a name, so nothing else can be said about this element.
            return new Expected(EnumSet.allOf(Reason.class), values, null);
        }
        if (hasNaN(element)) {
            reasons.add(Reason.NOT_A_NUMBER);
        }
        for (Field field : fields) {
            Object value = value(element, field, reasons);
            values.add(value);
            if (value == null && field.required()) {
                reasons.add(Reason.MISSING_FIELD);
            }
            if (field.name().equals(spec.schema().timeField()) && value instanceof Long micros) {
                long behind = sourceTimeMillis * 1000 - micros;
                if (behind > spec.plausibleBehind().toMillis() * 1000
                        || -behind > spec.plausibleAhead().toMillis() * 1000) {
                    reasons.add(Reason.EVENT_TIME_IMPLAUSIBLE);
                }
            }
        }
        return new Expected(reasons, values, unknown(element, "").orElse(null));
    }

    private @Nullable Object value(JsonNode element, Field field, Set<Reason> reasons) {
        JsonNode node = element;
        for (String step : field.pointer().substring(1).split("/", -1)) {
            if (node.isObject()) {
                node = node.path(step);
            } else if (node.isArray() && step.matches("[0-9]+")) {
                node = node.path(Integer.parseInt(step));
            } else {
                reasons.add(Reason.WRONG_TYPE);
                return null;
            }
            if (node.isMissingNode() || node.isNull()) {
                return null;
            }
        }
        return switch (field.type()) {
            case BOOLEAN -> node.isBoolean() ? (Object) node.booleanValue() : wrong(reasons, Reason.WRONG_TYPE);
            case STRING -> {
                if (!node.isTextual()) {
                    yield wrong(reasons, Reason.WRONG_TYPE);
                }
                yield isWhole(node.textValue()) ? node.textValue() : wrong(reasons, Reason.OUT_OF_RANGE);
            }
            case DOUBLE -> {
                if (!node.isNumber() || isNaN(node)) {
                    yield wrong(reasons, Reason.WRONG_TYPE);
                }
                double value = node.decimalValue().doubleValue();
                yield Double.isInfinite(value) ? wrong(reasons, Reason.OUT_OF_RANGE) : (Object) value;
            }
            case INT, LONG -> {
                if (!node.isNumber() || isNaN(node)) {
                    yield wrong(reasons, Reason.WRONG_TYPE);
                }
                Long value = whole(node, reasons, Reason.WRONG_TYPE);
                if (value == null || field.type() == FieldType.LONG) {
                    yield value;
                }
                yield value == value.intValue() ? (Object) value.intValue() : wrong(reasons, Reason.OUT_OF_RANGE);
            }
            case TIMESTAMP -> {
                if (node.isTextual()) {
                    long micros = TimeOracle.micros(node.textValue().replaceAll("(\\.[0-9]{9})[0-9]+", "$1"));
                    yield micros == Timestamps.NOT_A_TIME ? wrong(reasons, Reason.BAD_TIME) : (Object) micros;
                }
                if (!node.isNumber() || isNaN(node)) {
                    yield wrong(reasons, Reason.WRONG_TYPE);
                }
                Long millis = whole(node, reasons, Reason.BAD_TIME);
                if (millis == null) {
                    yield null;
                }
                boolean fits = BigInteger.valueOf(millis)
                                .multiply(BigInteger.valueOf(1000))
                                .bitLength()
                        < 64;
                yield fits ? (Object) (millis * 1000) : wrong(reasons, Reason.OUT_OF_RANGE);
            }
            case DATE -> {
                if (!node.isTextual()) {
                    yield wrong(reasons, Reason.WRONG_TYPE);
                }
                try {
                    yield node.textValue().length() == 10
                            ? LocalDate.parse(node.textValue())
                            : wrong(reasons, Reason.BAD_TIME);
                } catch (DateTimeException notADate) {
                    yield wrong(reasons, Reason.BAD_TIME);
                }
            }
        };
    }

    private static @Nullable Long whole(JsonNode number, Set<Reason> reasons, Reason ifFraction) {
        BigDecimal value = number.decimalValue().stripTrailingZeros();
        if (value.scale() > 0) {
            reasons.add(ifFraction);
            return null;
        }
        if ((long) value.precision() - value.scale() > 30
                || value.toBigInteger().bitLength() > 63) {
            reasons.add(Reason.OUT_OF_RANGE);
            return null;
        }
        return value.longValueExact();
    }

    private static @Nullable Object wrong(Set<Reason> reasons, Reason reason) {
        reasons.add(reason);
        return null;
    }

    /** What of the tree at this path no field takes. */
    private Optional<JsonNode> unknown(JsonNode node, String path) {
        if (fields.stream().anyMatch(field -> field.pointer().equals(path))) {
            return Optional.empty();
        }
        if (fields.stream().noneMatch(field -> field.pointer().startsWith(path + "/"))) {
            return Optional.of(node);
        }
        if (node.isObject()) {
            ObjectNode rest = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                String name = member.getKey().replace("~", "~0").replace("/", "~1");
                unknown(member.getValue(), path + "/" + name).ifPresent(value -> rest.set(member.getKey(), value));
            }
            return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
        }
        ArrayNode rest = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < node.size(); i++) {
            Optional<JsonNode> value = unknown(node.get(i), path + "/" + i);
            if (value.isPresent()) {
                while (rest.size() < i) {
                    rest.add(NullNode.getInstance());
                }
                rest.add(value.get());
            }
        }
        return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
    }

    private static boolean isNaN(JsonNode node) {
        return node.isDouble() && !Double.isFinite(node.doubleValue());
    }

    private static boolean hasNaN(JsonNode node) {
        if (isNaN(node)) {
            return true;
        }
        for (JsonNode child : node) {
            if (hasNaN(child)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasHalfCharacterInName(JsonNode node) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!isWhole(member.getKey())) {
                return true;
            }
        }
        for (JsonNode child : node) {
            if (hasHalfCharacterInName(child)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWhole(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
