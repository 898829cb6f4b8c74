package io.sightline.gateway;

/** The types of values that queries take and give, and the class that carries a value of each. */
public enum ValueType {
    BOOLEAN("BOOLEAN", Boolean.class),
    SMALLINT("SMALLINT", Short.class),
    INTEGER("INTEGER", Integer.class),
    BIGINT("BIGINT", Long.class),
    DECIMAL("DECIMAL", java.math.BigDecimal.class),
    REAL("REAL", Float.class),
    DOUBLE("DOUBLE", Double.class),
    VARCHAR("VARCHAR", String.class),
    DATE("DATE", java.time.LocalDate.class),
    TIME("TIME", java.time.LocalTime.class),
    TIMESTAMP("TIMESTAMP", java.time.LocalDateTime.class),
    TIMESTAMP_WITH_TIME_ZONE("TIMESTAMP WITH TIME ZONE", java.time.OffsetDateTime.class),
    /** JSON as text. */
    JSON("JSON", String.class);

    private final String sqlName;
    private final Class<?> javaType;

    ValueType(String sqlName, Class<?> javaType) {
        this.sqlName = sqlName;
        this.javaType = javaType;
    }

    /** The name in the engine's SQL. */
    public String sqlName() {
        return sqlName;
    }

    /** The class of a non-null value. */
    public Class<?> javaType() {
        return javaType;
    }
}
