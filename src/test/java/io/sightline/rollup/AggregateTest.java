package io.sightline.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sightline.event.FieldType;
import io.sightline.spec.RollupSpec.Function;
import io.sightline.spec.RollupSpec.Measure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AggregateTest {

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_sum_of_doubles_is_the_double_nearest_to_the_exact_sum_in_any_order(long seed) {
        // Given: magnitudes from 0.0001 to 1000, of both signs
        Random random = new Random(seed);
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            double magnitude = Math.pow(10, random.nextInt(-4, 3));
            values.add((random.nextDouble(1, 10) * magnitude) * (random.nextBoolean() ? 1 : -1));
        }
        double exact = values.stream()
                .map(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .doubleValue();

        for (int order = 0; order < 5; order++) {
            // When
            Collections.shuffle(values, random);

            // Then
            assertThat(result(Function.SUM, FieldType.DOUBLE, values)).isEqualTo(exact);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_sum_of_longs_is_exact_even_where_it_overflows_on_the_way(long seed) {
        // Given
        Random random = new Random(seed);
        List<Long> values = new ArrayList<>();
        BigInteger exact = BigInteger.ZERO;
        for (int i = 0; i < 200; i++) {
            long value = random.nextLong() >> random.nextInt(8);
            values.add(value);
            exact = exact.add(BigInteger.valueOf(value));
        }

        // When
        Object sum = result(Function.SUM, FieldType.LONG, values);
        Object average = result(Function.AVG, FieldType.LONG, values);

        // Then
        assertThat(sum).isEqualTo(exact.bitLength() < 64 ? exact.longValueExact() : null);
        double expected = exact.doubleValue() / 200;
        assertThat((Double) average)
                .isCloseTo(expected, org.assertj.core.api.Assertions.offset(Math.ulp(expected) * 2));
    }

    @Test
    void a_sum_beyond_a_long_is_null_rather_than_wrong() {
        assertThat(result(Function.SUM, FieldType.LONG, List.of(Long.MAX_VALUE, 1L)))
                .isNull();
        assertThat(result(Function.SUM, FieldType.LONG, List.of(Long.MAX_VALUE, 1L, -1L)))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(result(Function.SUM, FieldType.LONG, List.of(Long.MIN_VALUE, -1L)))
                .isNull();
    }

    @Test
    void a_sum_beyond_a_double_is_null_rather_than_wrong() {
        assertThat(result(Function.SUM, FieldType.DOUBLE, List.of(Double.MAX_VALUE, Double.MAX_VALUE)))
                .isNull();
    }

    @Test
    void nulls_do_not_take_part_save_in_a_count() {
        List<@Nullable Integer> values = new ArrayList<>();
        values.add(null);
        assertThat(result(Function.COUNT, null, values)).isEqualTo(1L);
        for (Function function : List.of(Function.SUM, Function.AVG, Function.MIN, Function.MAX)) {
            assertThat(result(function, FieldType.INT, values))
                    .as("%s", function)
                    .isNull();
            assertThat(result(function, FieldType.DOUBLE, values))
                    .as("%s", function)
                    .isNull();
        }

        values.add(4);
        values.add(7);
        assertThat(result(Function.COUNT, null, values)).isEqualTo(3L);
        assertThat(result(Function.SUM, FieldType.INT, values)).isEqualTo(11L);
        assertThat(result(Function.AVG, FieldType.INT, values)).isEqualTo(5.5);
        assertThat(result(Function.MIN, FieldType.INT, values)).isEqualTo(4);
        assertThat(result(Function.MAX, FieldType.INT, values)).isEqualTo(7);
    }

    @Test
    void extremes_have_the_type_of_their_column() {
        assertThat(result(Function.MIN, FieldType.LONG, List.of(-5L, 3L))).isEqualTo(-5L);
        assertThat(result(Function.MAX, FieldType.TIMESTAMP, List.of(5L, 3L))).isEqualTo(5L);
        assertThat(result(Function.MAX, FieldType.DOUBLE, List.of(-0.5, -2.0))).isEqualTo(-0.5);
        assertThat(result(Function.MIN, FieldType.DOUBLE, List.of(0.0, -0.0))).isEqualTo(-0.0);
    }

    @Test
    void a_function_that_does_not_apply_to_the_column_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> aggregate(Function.SUM, FieldType.STRING));
        assertThatIllegalArgumentException().isThrownBy(() -> aggregate(Function.AVG, FieldType.TIMESTAMP));
        assertThatIllegalArgumentException().isThrownBy(() -> aggregate(Function.MAX, FieldType.BOOLEAN));
    }

    private static Aggregate aggregate(Function function, @Nullable FieldType type) {
        return Aggregate.of(new Measure("measure", function, type == null ? null : "column"), type);
    }

    private static @Nullable Object result(
            Function function, @Nullable FieldType type, List<? extends @Nullable Object> values) {
        Aggregate aggregate = aggregate(function, type);
        long[] cells = new long[aggregate.cells() + 1];
        values.forEach(value -> aggregate.add(cells, 1, value));
        return aggregate.result(cells, 1);
    }
}
