package io.sightline.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BrokerTest {

    @TempDir
    Path folder;

    @Test
    void whatItHoldsIsThereAfterTheNextStart() {
        // Given
        try (Broker first = Broker.start(folder, 0)) {
            first.createTopic("kept", 2, TimestampType.CREATE_TIME);
        }

        // When
        try (Broker second = Broker.start(folder, 0)) {

            // Then
            assertThatThrownBy(() -> second.createTopic("kept", 2, TimestampType.CREATE_TIME))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("kept");
        }
    }

    @Test
    void endsWhenTheProcessThatStartedItIsKilled() throws IOException, InterruptedException {
        // Given
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dlogback.configurationFile=io/sightline/demo/broker-logback.xml",
                        ParentOfBroker.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        while (line != null && !line.startsWith("broker ")) {
            line = said.readLine();
        }
        ProcessHandle broker = ProcessHandle.of(Long.parseLong(line.substring("broker ".length())))
                .orElseThrow();
        assertThat(broker.isAlive()).isTrue();

        // When
        parent.destroyForcibly().waitFor();

        // Then
        assertThat(broker.onExit().orTimeout(30, TimeUnit.SECONDS).join().isAlive())
                .isFalse();
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        // Given
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {

            // When
            assertThatThrownBy(() -> Broker.start(folder, other.getLocalPort()))

                    // Then
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("port " + other.getLocalPort());
        }
    }

    /** A program that starts a broker and then waits to be killed. */
    static final class ParentOfBroker {
        private ParentOfBroker() {}

        public static void main(String[] args) throws InterruptedException {
            Broker broker = Broker.start(Path.of(args[0]), 0);
            System.out.println("broker " + broker.processId());
            Thread.currentThread().join();
        }
    }
}
