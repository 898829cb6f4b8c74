package io.sightline.spec;

import io.sightline.event.Column;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * A join with reference data.
 *
 * @param reference the name of the reference data, and of its relation in SQL
 * @param from path of a CSV or JSON-lines file, or of a folder of such, as the members see it
 * @param key the event field to join on; the reference data has a column of the same name
 * @param add the attributes that every matching event gets as columns
 * @param refresh how often the file is looked at for a change
 */
public record EnrichSpec(String reference, Setting from, String key, List<Column> add, Duration refresh)
        implements Serializable {
    public EnrichSpec {
        add = List.copyOf(add);
    }

    /** The same, read from elsewhere. */
    public EnrichSpec withFrom(Setting elsewhere) {
        return new EnrichSpec(reference, elsewhere, key, add, refresh);
    }
}
