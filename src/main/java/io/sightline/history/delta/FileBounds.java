package io.sightline.history.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** What the log says of a file: how many rows, and within which bounds. The way back from {@link StatisticsText}. */
final class FileBounds {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Other programs cut a timestamp to milliseconds, also where it is the greatest. */
    private static final long CUT_MICROS = 999;

    private final JsonNode statistics;

    private FileBounds(JsonNode statistics) {
        this.statistics = statistics;
    }

    static FileBounds of(AddFile file) {
        try {
            return new FileBounds(file.getStats() == null ? MissingNode.getInstance() : JSON.readTree(file.getStats()));
        } catch (JsonProcessingException e) {
            return new FileBounds(MissingNode.getInstance());
        }
    }

    /** Null if the log does not say. */
    @Nullable
    Long rows() {
        JsonNode rows = statistics.path("numRecords");
        return rows.isIntegralNumber() ? (Long) rows.asLong() : null;
    }

    /** No value of the column is less; null if the log does not say. */
    @Nullable
    Comparable<?> least(Column column) {
        return value(column, statistics.path("minValues").path(column.name()), 0);
    }

    /** No value of the column is greater; null if the log does not say. */
    @Nullable
    Comparable<?> greatest(Column column) {
        return value(column, statistics.path("maxValues").path(column.name()), CUT_MICROS);
    }

    private static @Nullable Comparable<?> value(Column column, JsonNode bound, long cutMicros) {
        try {
            return switch (column.type()) {
                case BOOLEAN -> null;
                case INT -> bound.isIntegralNumber() ? (Integer) bound.intValue() : null;
                case LONG -> bound.isIntegralNumber() ? (Long) bound.longValue() : null;
                case DOUBLE -> bound.isNumber() ? (Double) bound.doubleValue() : null;
                case STRING -> bound.textValue();
                case DATE -> bound.isTextual() ? LocalDate.parse(bound.textValue()) : null;
                case TIMESTAMP ->
                    bound.isTextual()
                            ? (Long) Math.addExact(
                                    ChronoUnit.MICROS.between(
                                            Instant.EPOCH,
                                            OffsetDateTime.parse(bound.textValue())
                                                    .toInstant()),
                                    cutMicros)
                            : null;
            };
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }
}
