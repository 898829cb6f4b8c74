package io.sightline.gateway.pg;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of PostgreSQL that values have on the wire: numbers from its catalog, and both formats of a value. */
enum PgType {
    BOOL(16, 1, "boolean", ValueType.BOOLEAN),
    INT2(21, 2, "smallint", ValueType.SMALLINT),
    INT4(23, 4, "integer", ValueType.INTEGER),
    INT8(20, 8, "bigint", ValueType.BIGINT),
    NUMERIC(1700, -1, "numeric", ValueType.DECIMAL),
    FLOAT4(700, 4, "real", ValueType.REAL),
    FLOAT8(701, 8, "double precision", ValueType.DOUBLE),
    TEXT(25, -1, "text", ValueType.VARCHAR),
    DATE(1082, 4, "date", ValueType.DATE),
    TIME(1083, 8, "time without time zone", ValueType.TIME),
    TIMESTAMP(1114, 8, "timestamp without time zone", ValueType.TIMESTAMP),
    TIMESTAMPTZ(1184, 8, "timestamp with time zone", ValueType.TIMESTAMP_WITH_TIME_ZONE),
    JSON(114, -1, "json", ValueType.JSON);

    private static final LocalDate EPOCH_DAY = LocalDate.of(2000, 1, 1);
    private static final LocalDateTime EPOCH = EPOCH_DAY.atStartOfDay();
    private static final DateTimeFormatter CLOCK = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .toFormatter(java.util.Locale.ROOT);

    private final int oid;
    private final int size;
    private final String sqlName;
    private final ValueType valueType;

    PgType(int oid, int size, String sqlName, ValueType valueType) {
        this.oid = oid;
        this.size = size;
        this.sqlName = sqlName;
        this.valueType = valueType;
    }

    int oid() {
        return oid;
    }

    /** Bytes of a value; -1 if they vary. */
    int size() {
        return size;
    }

    /** As {@code format_type} writes it. */
    String sqlName() {
        return sqlName;
    }

    ValueType valueType() {
        return valueType;
    }

    static PgType of(ValueType type) {
        for (PgType candidate : values()) {
            if (candidate.valueType == type) {
                return candidate;
            }
        }
        throw new IllegalStateException("every type has one here: " + type);
    }

    /** The type of this number; null for one that is left open or not known. */
    static @Nullable PgType ofOid(int oid) {
        if (oid == 1043 || oid == 1042 || oid == 19) {
            return TEXT;
        }
        for (PgType candidate : values()) {
            if (candidate.oid == oid) {
                return candidate;
            }
        }
        return null;
    }

    byte[] text(Object value) {
        return textOf(value).getBytes(StandardCharsets.UTF_8);
    }

    private String textOf(Object value) {
        return switch (this) {
            case BOOL -> (Boolean) value ? "t" : "f";
            case NUMERIC -> ((BigDecimal) value).toPlainString();
            case FLOAT4, FLOAT8 -> floating(((Number) value).doubleValue(), value.toString());
            case TIME -> CLOCK.format((LocalTime) value);
            case TIMESTAMP -> stamp((LocalDateTime) value);
            case TIMESTAMPTZ -> stamp(utc(value)) + "+00";
            default -> value.toString();
        };
    }

    /** As PostgreSQL writes them: shortest that reads back the same, with an exponent from 1e15 on. */
    private static String floating(double number, String shortest) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return shortest;
        }
        double size = Math.abs(number);
        BigDecimal exact = new BigDecimal(shortest).stripTrailingZeros();
        if (number == 0 || (size >= 1e-4 && size < 1e15)) {
            String plain = exact.signum() == 0 ? "0" : exact.toPlainString();
            return number == 0 && 1 / number < 0 ? "-0" : plain;
        }
        int exponent = exact.precision() - exact.scale() - 1;
        String digits = exact.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return digits + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String stamp(LocalDateTime time) {
        return time.toLocalDate() + " " + CLOCK.format(time.toLocalTime().truncatedTo(ChronoUnit.MICROS));
    }

    private static LocalDateTime utc(Object value) {
        return ((OffsetDateTime) value).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
    }

    byte[] binary(Object value) {
        return switch (this) {
            case BOOL -> new byte[] {(byte) ((Boolean) value ? 1 : 0)};
            case INT2 ->
                ByteBuffer.allocate(2).putShort(((Number) value).shortValue()).array();
            case INT4 ->
                ByteBuffer.allocate(4).putInt(((Number) value).intValue()).array();
            case INT8 ->
                ByteBuffer.allocate(8).putLong(((Number) value).longValue()).array();
            case FLOAT4 ->
                ByteBuffer.allocate(4).putFloat(((Number) value).floatValue()).array();
            case FLOAT8 ->
                ByteBuffer.allocate(8).putDouble(((Number) value).doubleValue()).array();
            case NUMERIC -> numeric((BigDecimal) value);
            case DATE ->
                ByteBuffer.allocate(4)
                        .putInt((int) ChronoUnit.DAYS.between(EPOCH_DAY, (LocalDate) value))
                        .array();
            case TIME -> micros(((LocalTime) value).toNanoOfDay() / 1000);
            case TIMESTAMP -> micros(ChronoUnit.MICROS.between(EPOCH, (LocalDateTime) value));
            case TIMESTAMPTZ -> micros(ChronoUnit.MICROS.between(EPOCH, utc(value)));
            case TEXT, JSON -> text(value);
        };
    }

    private static byte[] micros(long micros) {
        return ByteBuffer.allocate(8).putLong(micros).array();
    }

    /** Digits to base 10000, with the weight of the first, the sign, and how many decimals are shown. */
    private static byte[] numeric(BigDecimal value) {
        int scale = Math.max(0, value.scale());
        int groups = (scale + 3) / 4;
        BigInteger digits = value.abs().setScale(4 * groups).unscaledValue();
        List<Integer> base10000 = new ArrayList<>();
        BigInteger base = BigInteger.valueOf(10_000);
        while (digits.signum() > 0) {
            BigInteger[] parts = digits.divideAndRemainder(base);
            base10000.add(0, parts[1].intValue());
            digits = parts[0];
        }
        int weight = base10000.size() - groups - 1;
        while (!base10000.isEmpty() && base10000.get(base10000.size() - 1) == 0) {
            base10000.remove(base10000.size() - 1);
        }
        ByteBuffer bytes = ByteBuffer.allocate(8 + 2 * base10000.size());
        bytes.putShort((short) base10000.size())
                .putShort((short) (base10000.isEmpty() ? 0 : weight))
                .putShort((short) (value.signum() < 0 ? 0x4000 : 0))
                .putShort((short) scale);
        base10000.forEach(digit -> bytes.putShort(digit.shortValue()));
        return bytes.array();
    }

    /**
     * The value of a parameter.
     *
     * @throws StatementException if the bytes are none of this type
     */
    Object parse(byte[] bytes, boolean binary) {
        try {
            return binary
                    ? parseBinary(ByteBuffer.wrap(bytes))
                    : parseText(new String(bytes, StandardCharsets.UTF_8).strip());
        } catch (RuntimeException e) {
            throw new StatementException(
                    SqlState.INVALID_TEXT_REPRESENTATION, "invalid input for a parameter of type " + sqlName);
        }
    }

    private Object parseText(String text) {
        return switch (this) {
            case BOOL ->
                switch (text.toLowerCase(java.util.Locale.ROOT)) {
                    case "t", "true", "1", "on", "yes" -> true;
                    case "f", "false", "0", "off", "no" -> false;
                    default -> throw new IllegalArgumentException(text);
                };
            case INT2 -> Short.valueOf(text);
            case INT4 -> Integer.valueOf(text);
            case INT8 -> Long.valueOf(text);
            case NUMERIC -> new BigDecimal(text);
            case FLOAT4 -> Float.valueOf(text);
            case FLOAT8 -> Double.valueOf(text);
            case DATE -> LocalDate.parse(text.substring(0, 10));
            case TIME -> LocalTime.parse(text);
            case TIMESTAMP -> LocalDateTime.parse(iso(text).replaceFirst("(Z|[+-]\\d{2}(:?\\d{2})?)$", ""));
            case TIMESTAMPTZ -> zoned(iso(text));
            case TEXT, JSON -> text;
        };
    }

    private static String iso(String text) {
        String iso = text.replaceFirst("^(\\d{4}-\\d{2}-\\d{2})[ T]+(?=\\d)", "$1T");
        return iso.indexOf('T') < 0 ? iso + "T00:00:00Z" : iso;
    }

    private static OffsetDateTime zoned(String iso) {
        String zoned = iso.matches(".*(Z|[+-]\\d{2}(:?\\d{2})?)") ? iso : iso + "Z";
        return OffsetDateTime.parse(
                zoned.replaceFirst("([+-]\\d{2})(\\d{2})$", "$1:$2").replaceFirst("([+-]\\d{2})$", "$1:00"));
    }

    private Object parseBinary(ByteBuffer bytes) {
        return switch (this) {
            case BOOL -> bytes.get() != 0;
            case INT2 -> bytes.getShort();
            case INT4 -> bytes.getInt();
            case INT8 -> bytes.getLong();
            case FLOAT4 -> bytes.getFloat();
            case FLOAT8 -> bytes.getDouble();
            case DATE -> EPOCH_DAY.plusDays(bytes.getInt());
            case TIME -> LocalTime.ofNanoOfDay(bytes.getLong() * 1000);
            case TIMESTAMP -> EPOCH.plus(bytes.getLong(), ChronoUnit.MICROS);
            case TIMESTAMPTZ -> EPOCH.plus(bytes.getLong(), ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
            case NUMERIC -> numeric(bytes);
            case TEXT, JSON -> StandardCharsets.UTF_8.decode(bytes).toString();
        };
    }

    private static BigDecimal numeric(ByteBuffer bytes) {
        int count = bytes.getShort();
        int weight = bytes.getShort();
        int sign = bytes.getShort();
        int scale = bytes.getShort();
        if (sign != 0 && sign != 0x4000) {
            throw new IllegalArgumentException("NaN");
        }
        BigDecimal value = BigDecimal.ZERO;
        for (int i = 0; i < count; i++) {
            value = value.add(BigDecimal.valueOf(bytes.getShort()).scaleByPowerOfTen(4 * (weight - i)));
        }
        BigDecimal scaled = value.setScale(scale, java.math.RoundingMode.HALF_UP);
        return sign == 0 ? scaled : scaled.negate();
    }
}
