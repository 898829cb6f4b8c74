package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.fixture.Azurite;
import io.sightline.fixture.SickProxy;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables on Azure's blob storage, over the driver that reaches ADLS. Runs with {@code -Pclients}. */
@Tag("clients")
@Timeout(300)
class AzureStorageIT {
    @TempDir
    private Path folder;

    private Azurite azurite;

    /** An account for each: Hadoop goes on reaching one as it did first. */
    @BeforeEach
    void start() throws Exception {
        azurite = new Azurite(folder);
    }

    @AfterEach
    void stop() {
        azurite.close();
    }

    @Test
    void fourWritersThatTakeTheTableOverFromOneAnotherLeaveEachRowOnce() throws Exception {
        // Given
        TableFolder table = azurite.folder("racing", azurite.address());
        RacingWriters writers = new RacingWriters(table, 25);

        // When
        writers.race(4);

        // Then
        assertThat(TableRows.origins(table)).isEqualTo(writers.expected());
        assertThat(writers.refused()).as("writers that were replaced").isPositive();
    }

    @Test
    void aStorageThatThrottlesAndCutsConnectionsLosesAndDoublesNothing() throws Exception {
        // Given
        try (SickProxy proxy = new SickProxy(azurite.port(), 1)) {
            RacingWriters writers = new RacingWriters(azurite.folder("sick", proxy.address()), 25);

            // When
            writers.race(2);

            // Then
            assertThat(TableRows.origins(azurite.folder("sick", azurite.address())))
                    .isEqualTo(writers.expected());
            assertThat(proxy.refused()).as("connections that got a 503").isPositive();
            assertThat(proxy.cut()).as("connections that were cut").isPositive();
        }
    }
}
