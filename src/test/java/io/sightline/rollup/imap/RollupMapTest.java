package io.sightline.rollup.imap;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.IndexConfig;
import com.hazelcast.config.IndexType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RollupMapTest {
    @Test
    void rowsAreFoundByTheStartOfTheirWindow() {
        assertThat(RollupMap.config("rows", Duration.ofHours(1)).getIndexConfigs())
                .singleElement()
                .returns(IndexType.SORTED, IndexConfig::getType)
                .extracting(IndexConfig::getAttributes)
                .hasToString("[window_start]");
    }

    @Test
    void rowsThatAreKeptForEverHaveNoIndex() {
        assertThat(RollupMap.config("rows", Duration.ZERO).getIndexConfigs()).isEmpty();
    }

    @Test
    void aFractionOfASecondIsNotForEver() {
        assertThat(RollupMap.config("rows", Duration.ofMillis(200)).getTimeToLiveSeconds())
                .isEqualTo(1);
    }
}
