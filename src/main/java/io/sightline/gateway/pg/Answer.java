package io.sightline.gateway.pg;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a statement gives. */
sealed interface Answer {
    /** Nothing stood there. */
    record Empty() implements Answer {}

    /** Something was done, and the tag says what. */
    record Done(String tag) implements Answer {}

    /** Rows, still to be read. */
    record Read(Rows rows, String tag) implements Answer {}

    /** Rows that are there already. */
    static Read rows(String tag, List<ResultColumn> columns, List<List<? extends @Nullable Object>> rows) {
        Iterator<List<? extends @Nullable Object>> iterator = rows.iterator();
        return new Read(
                new Rows() {
                    @Override
                    public List<ResultColumn> columns() {
                        return columns;
                    }

                    @Override
                    public @Nullable Object @Nullable [] next() {
                        return iterator.hasNext() ? iterator.next().toArray() : null;
                    }

                    @Override
                    public void close() {}
                },
                tag);
    }

    /** A column under a name that a client chose. */
    static ResultColumn column(String name, PgType type) {
        return new ResultColumn(name, type.valueType());
    }

    /** Columns as {@code name} (text) or {@code name:type} with a type of {@link PgType}. */
    static List<ResultColumn> columns(String... specs) {
        List<ResultColumn> columns = new ArrayList<>();
        Arrays.stream(specs).forEach(spec -> {
            int colon = spec.lastIndexOf(':');
            columns.add(
                    colon < 0
                            ? new ResultColumn(spec, ValueType.VARCHAR)
                            : new ResultColumn(
                                    spec.substring(0, colon),
                                    PgType.valueOf(spec.substring(colon + 1)).valueType()));
        });
        return columns;
    }
}
