package io.sightline.rollup;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.spec.RollupSpec.Measure;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one measure is kept: as a few longs (cells) of a row, all zero before the first value. Every aggregate gives the
 * same result whatever the order of the values. Null values do not take part, save in a count; a measure over nothing
 * is null, save a count.
 */
sealed interface Aggregate {

    /** How many cells it needs. */
    int cells();

    /** Whether a cell holds the bits of a double; such do not shrink when packed. */
    boolean bits(int cell);

    /** The type of the result. */
    FieldType type();

    /** Takes one more value into the cells that begin at {@code at}. */
    void add(long[] cells, int at, @Nullable Object value);

    /** Takes what the cells of another accumulator, which begin at {@code from}, have taken. */
    void merge(long[] cells, int at, long[] others, int from);

    /** The measure over all values so far. */
    @Nullable
    Object result(long[] cells, int at);

    /** The columns in which a part of this measure is kept, for other programs to put together with others. */
    default List<Column> parts(String measure) {
        return List.of(new Column(measure, type()));
    }

    /** What is in these columns. */
    default @Nullable Object[] part(long[] cells, int at) {
        return new @Nullable Object[] {result(cells, at)};
    }

    /** The columns of an average: what to divide, and by what. */
    private static List<Column> sumAndCount(String measure, FieldType sum) {
        return List.of(new Column(measure + "_sum", sum), new Column(measure + "_count", FieldType.LONG));
    }

    /**
     * The aggregate for a measure over a column of this type.
     *
     * @param type the column's type; null where the measure has no column
     * @throws IllegalArgumentException if the function does not apply to such a column
     */
    static Aggregate of(Measure measure, @Nullable FieldType type) {
        boolean whole = type == FieldType.INT || type == FieldType.LONG;
        boolean fraction = type == FieldType.DOUBLE;
        boolean ordered = whole || fraction || type == FieldType.TIMESTAMP;
        return switch (measure.function()) {
            case COUNT -> new Count();
            case SUM -> whole ? new WholeSum(false) : fraction ? new FractionSum(false) : refuse(measure, type);
            case AVG -> whole ? new WholeSum(true) : fraction ? new FractionSum(true) : refuse(measure, type);
            case MIN -> type != null && ordered ? new Extreme(type, false) : refuse(measure, type);
            case MAX -> type != null && ordered ? new Extreme(type, true) : refuse(measure, type);
        };
    }

    private static Aggregate refuse(Measure measure, @Nullable FieldType type) {
        throw new IllegalArgumentException("no " + measure.function() + " of a column of type " + type);
    }

    /** The number of events. */
    record Count() implements Aggregate {
        @Override
        public int cells() {
            return 1;
        }

        @Override
        public boolean bits(int cell) {
            return false;
        }

        @Override
        public FieldType type() {
            return FieldType.LONG;
        }

        @Override
        public void add(long[] cells, int at, @Nullable Object value) {
            cells[at]++;
        }

        @Override
        public void merge(long[] cells, int at, long[] others, int from) {
            cells[at] += others[from];
        }

        @Override
        public Object result(long[] cells, int at) {
            return cells[at];
        }
    }

    /**
     * Sum or average of whole numbers, kept in 128 bits and so exact on the way. A sum that no long holds is null.
     *
     * @param average whether the result is the average, a double
     */
    record WholeSum(boolean average) implements Aggregate {
        private static final int LOW = 0;
        private static final int HIGH = 1;
        private static final int VALUES = 2;

        @Override
        public int cells() {
            return 3;
        }

        @Override
        public boolean bits(int cell) {
            return false;
        }

        @Override
        public FieldType type() {
            return average ? FieldType.DOUBLE : FieldType.LONG;
        }

        @Override
        public void add(long[] cells, int at, @Nullable Object value) {
            if (value == null) {
                return;
            }
            long addend = ((Number) value).longValue();
            plus(cells, at, addend >> 63, addend);
            cells[at + VALUES]++;
        }

        private static void plus(long[] cells, int at, long high, long low) {
            long sum = cells[at + LOW] + low;
            long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
            cells[at + LOW] = sum;
            cells[at + HIGH] += high + carry;
        }

        @Override
        public void merge(long[] cells, int at, long[] others, int from) {
            plus(cells, at, others[from + HIGH], others[from + LOW]);
            cells[at + VALUES] += others[from + VALUES];
        }

        @Override
        public @Nullable Object result(long[] cells, int at) {
            long values = cells[at + VALUES];
            if (!average || values == 0) {
                return sum(cells, at);
            }
            long low = cells[at + LOW];
            return (fits(cells, at) ? (double) low : nearest(cells[at + HIGH], low)) / values;
        }

        private static boolean fits(long[] cells, int at) {
            return cells[at + HIGH] == cells[at + LOW] >> 63;
        }

        private static @Nullable Object sum(long[] cells, int at) {
            return cells[at + VALUES] > 0 && fits(cells, at) ? cells[at + LOW] : null;
        }

        @Override
        public List<Column> parts(String measure) {
            return average ? sumAndCount(measure, FieldType.LONG) : Aggregate.super.parts(measure);
        }

        @Override
        public @Nullable Object[] part(long[] cells, int at) {
            return average
                    ? new @Nullable Object[] {sum(cells, at), cells[at + VALUES]}
                    : Aggregate.super.part(cells, at);
        }

        /** The double nearest to high * 2^64 + low. Halves of opposite sign cancel, so they are not added as doubles. */
        private static double nearest(long high, long low) {
            return BigInteger.valueOf(high + (low >>> 63))
                    .shiftLeft(Long.SIZE)
                    .add(BigInteger.valueOf(low))
                    .doubleValue();
        }
    }

    /**
     * Sum or average of doubles. The sum is kept as an unevaluated pair high + low (Knuth's TwoSum, TAOCP vol. 2,
     * 4.2.2), normalized so that high is the double nearest to the pair.
     *
     * <p>[1] Let u be the largest power of two of which all values are multiples. As long as the absolute values sum up
     * to less than 2^104 u, low plus the error of an addition is a multiple of u below 2^53 u, hence a double: no
     * bit is ever lost, the pair is the exact sum, and so the result does not depend on the order of the values.
     *
     * <p>[2] A double other than 0 is a multiple of a power of two above 2^-53 times itself. So [1] holds while the number of
     * values times the largest is below 2^50 (about 10^15) times the smallest: for a thousand million values between
     * 0.000001 and 1, with room to spare. Beyond, results of different orders can differ in the last bit.
     *
     * <p>[3] A sum that no double holds is null.
     *
     * @param average whether the result is the average
     */
    record FractionSum(boolean average) implements Aggregate {
        private static final int HIGH = 0;
        private static final int LOW = 1;
        private static final int VALUES = 2;

        @Override
        public int cells() {
            return 3;
        }

        @Override
        public boolean bits(int cell) {
            return cell != VALUES;
        }

        @Override
        public FieldType type() {
            return FieldType.DOUBLE;
        }

        @Override
        public void add(long[] cells, int at, @Nullable Object value) {
            if (value == null) {
                return;
            }
            plus(cells, at, (Double) value);
            cells[at + VALUES]++;
        }

        private static void plus(long[] cells, int at, double addend) {
            double high = Double.longBitsToDouble(cells[at + HIGH]);
            double low = Double.longBitsToDouble(cells[at + LOW]);
            double sum = high + addend;
            double rest = low + error(high, addend, sum);
            double normalized = sum + rest;
            cells[at + HIGH] = Double.doubleToRawLongBits(normalized);
            cells[at + LOW] = Double.doubleToRawLongBits(error(sum, rest, normalized));
        }

        /** Exact as {@link #add} is: both halves of a pair are multiples of the same power of two. */
        @Override
        public void merge(long[] cells, int at, long[] others, int from) {
            plus(cells, at, Double.longBitsToDouble(others[from + HIGH]));
            plus(cells, at, Double.longBitsToDouble(others[from + LOW]));
            cells[at + VALUES] += others[from + VALUES];
        }

        /** What the addition {@code a + b = sum} rounded away: exact. */
        private static double error(double a, double b, double sum) {
            double bVirtual = sum - a;
            return (a - (sum - bVirtual)) + (b - bVirtual);
        }

        @Override
        public @Nullable Object result(long[] cells, int at) {
            Object sum = sum(cells, at);
            return average && sum instanceof Double divided ? (Object) (divided / cells[at + VALUES]) : sum;
        }

        private static @Nullable Object sum(long[] cells, int at) {
            double sum = Double.longBitsToDouble(cells[at + HIGH]);
            return cells[at + VALUES] > 0 && Double.isFinite(sum) ? sum : null;
        }

        @Override
        public List<Column> parts(String measure) {
            return average ? sumAndCount(measure, FieldType.DOUBLE) : Aggregate.super.parts(measure);
        }

        @Override
        public @Nullable Object[] part(long[] cells, int at) {
            return average
                    ? new @Nullable Object[] {sum(cells, at), cells[at + VALUES]}
                    : Aggregate.super.part(cells, at);
        }
    }

    /**
     * The smallest or greatest value.
     *
     * @param type the type of the values and of the result
     * @param greatest whether the greatest counts, or else the smallest
     */
    record Extreme(FieldType type, boolean greatest) implements Aggregate {
        private static final int VALUE = 0;
        private static final int VALUES = 1;

        @Override
        public int cells() {
            return 2;
        }

        @Override
        public boolean bits(int cell) {
            return type == FieldType.DOUBLE && cell == VALUE;
        }

        @Override
        public void add(long[] cells, int at, @Nullable Object value) {
            if (value == null) {
                return;
            }
            long candidate = type == FieldType.DOUBLE
                    ? Double.doubleToRawLongBits((Double) value)
                    : ((Number) value).longValue();
            if (cells[at + VALUES]++ == 0 || beats(candidate, cells[at + VALUE])) {
                cells[at + VALUE] = candidate;
            }
        }

        @Override
        public void merge(long[] cells, int at, long[] others, int from) {
            long values = others[from + VALUES];
            if (values > 0 && (cells[at + VALUES] == 0 || beats(others[from + VALUE], cells[at + VALUE]))) {
                cells[at + VALUE] = others[from + VALUE];
            }
            cells[at + VALUES] += values;
        }

        private boolean beats(long candidate, long best) {
            int order = type == FieldType.DOUBLE
                    ? Double.compare(Double.longBitsToDouble(candidate), Double.longBitsToDouble(best))
                    : Long.compare(candidate, best);
            return greatest ? order > 0 : order < 0;
        }

        @Override
        public @Nullable Object result(long[] cells, int at) {
            if (cells[at + VALUES] == 0) {
                return null;
            }
            long best = cells[at + VALUE];
            return switch (type) {
                case DOUBLE -> Double.longBitsToDouble(best);
                case INT -> (int) best;
                default -> best;
            };
        }
    }
}
