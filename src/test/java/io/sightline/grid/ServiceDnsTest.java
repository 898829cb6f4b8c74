package io.sightline.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServiceDnsTest {
    private static final String NAME = "members.sightline";
    private static final InetAddress[] UNKNOWN = {};

    private final AtomicLong nanos = new AtomicLong();
    private final Deque<InetAddress[]> answers = new ArrayDeque<>();

    @Test
    void aMemberWaitsUntilTheNameLeadsToItToo() throws Exception {
        // Given
        answers.add(UNKNOWN);
        answers.add(addresses("10.0.0.1"));
        answers.add(addresses("10.0.0.1", "10.0.0.2"));

        // When
        dns().awaitLeadsTo("10.0.0.2");

        // Then
        assertThat(answers).isEmpty();
        assertThat(nanos.get()).isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void aNameThatNeverLeadsToTheMemberIsRefusedWithWhatItLeadsTo() throws Exception {
        // Given
        for (int i = 0; i < 100; i++) {
            answers.add(addresses("10.0.0.1", "10.0.0.3"));
        }

        // Then
        assertThatThrownBy(() -> dns().awaitLeadsTo("127.0.0.1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the name members.sightline leads to 10.0.0.1, 10.0.0.3 and not to 127.0.0.1")
                .hasMessageContaining("--service-dns")
                .hasMessageContaining("--host");
    }

    @Test
    void aNameThatNobodyKnowsIsRefused() {
        // Given
        for (int i = 0; i < 100; i++) {
            answers.add(UNKNOWN);
        }

        // Then
        assertThatThrownBy(() -> dns().awaitLeadsTo("10.0.0.2")).hasMessageContaining("leads to no address");
    }

    @Test
    void membersAreFoundByTheNameAtThePortOfThisOneAndInNoOtherWay() {
        // Given
        Config config = new Config();
        config.getNetworkConfig().setPort(5711);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true);

        // When
        dns().joinBy(config.getNetworkConfig());

        // Then
        assertThat(config.getNetworkConfig().getJoin().getTcpIpConfig().isEnabled())
                .isFalse();
        assertThat(config.getNetworkConfig().getJoin().getKubernetesConfig().getProperties())
                .containsEntry("service-dns", NAME)
                .containsEntry("service-port", "5711");
    }

    private ServiceDns dns() {
        return new ServiceDns(
                NAME,
                name -> {
                    InetAddress[] answer = answers.remove();
                    if (answer.length == 0) {
                        throw new UnknownHostException(name);
                    }
                    return answer;
                },
                nanos::get,
                time -> nanos.addAndGet(time.toNanos()));
    }

    private static InetAddress[] addresses(String... texts) throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[texts.length];
        for (int i = 0; i < texts.length; i++) {
            addresses[i] = InetAddress.getAllByName(texts[i])[0];
        }
        return addresses;
    }
}
