package io.sightline.event;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The types a field can have: the one table of what each is called in a pipeline file, held as in Java, stored as in a
 * Compact row, seen as in SQL, and written to a Parquet file and a Delta table. Every adapter asks this table; none has one of
 * its own.
 */
public enum FieldType {
    BOOLEAN(Boolean.class, "NULLABLE_BOOLEAN", "BOOLEAN", "boolean", "boolean", "", "boolean"),
    INT(Integer.class, "NULLABLE_INT32", "INTEGER", "integer", "int32", "", "integer"),
    LONG(Long.class, "NULLABLE_INT64", "BIGINT", "bigint", "int64", "", "long"),
    DOUBLE(Double.class, "NULLABLE_FLOAT64", "DOUBLE", "double", "double", "", "double"),
    STRING(String.class, "STRING", "VARCHAR", "varchar", "binary", "STRING", "string"),
    /** An instant, held as microseconds since 1970-01-01T00:00Z; anything finer is cut off. */
    TIMESTAMP(
            Long.class,
            "TIMESTAMP_WITH_TIMEZONE",
            "TIMESTAMP WITH TIME ZONE",
            "bigint",
            "int64",
            "TIMESTAMP(MICROS,true)",
            "timestamp"),
    DATE(LocalDate.class, "DATE", "DATE", "date", "int32", "DATE", "date");

    private final Class<?> javaType;
    private final String compactKind;
    private final String sqlType;
    private final String keyFormat;
    private final String parquetPrimitive;
    private final String parquetAnnotation;
    private final String deltaType;

    FieldType(
            Class<?> javaType,
            String compactKind,
            String sqlType,
            String keyFormat,
            String parquetPrimitive,
            String parquetAnnotation,
            String deltaType) {
        this.javaType = javaType;
        this.compactKind = compactKind;
        this.sqlType = sqlType;
        this.keyFormat = keyFormat;
        this.parquetPrimitive = parquetPrimitive;
        this.parquetAnnotation = parquetAnnotation;
        this.deltaType = deltaType;
    }

    /** The class of a non-null value of this type in {@link Event#value}. */
    public Class<?> javaType() {
        return javaType;
    }

    /** The name of the Compact field kind. */
    public String compactKind() {
        return compactKind;
    }

    /** The type as a column of a mapping declares it. */
    public String sqlType() {
        return sqlType;
    }

    /** The format of a mapping whose keys are values of {@link #javaType}. */
    public String keyFormat() {
        return keyFormat;
    }

    /** A nullable column of this type, as a Parquet schema declares it: {@code optional int32 day (DATE)}. */
    public String parquetColumn(String name) {
        String declared = "optional " + parquetPrimitive + " " + name;
        return parquetAnnotation.isEmpty() ? declared : declared + " (" + parquetAnnotation + ")";
    }

    /** The type's name in the schema of a Delta table. */
    public String deltaType() {
        return deltaType;
    }

    /** The name in a pipeline file: lower case. */
    public String yamlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type with this name in a pipeline file; empty if there is none. */
    public static Optional<FieldType> ofYamlName(String name) {
        return Arrays.stream(values())
                .filter(type -> type.yamlName().equals(name))
                .findFirst();
    }

    /** All names, comma separated, for error messages. */
    public static String yamlNames() {
        return Arrays.stream(values()).map(FieldType::yamlName).collect(Collectors.joining(", "));
    }
}
