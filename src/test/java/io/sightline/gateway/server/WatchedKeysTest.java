package io.sightline.gateway.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.fixture.Background;
import io.sightline.gateway.TestCertificate;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that is replaced under a server that runs. */
@Timeout(60)
class WatchedKeysTest {
    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    private Path folder;

    private TlsFiles files;
    private TlsFiles next;
    private SSLContext context;

    @BeforeEach
    void twoCertificates() throws Exception {
        files = TestCertificate.in(Files.createDirectory(folder.resolve("used")), "EC");
        next = TestCertificate.in(Files.createDirectory(folder.resolve("next")), "RSA");
        context = files.context(nanos::get);
    }

    @Test
    void aReplacedCertificateIsShownFromTheNextSecondOn() throws Exception {
        // Given
        Certificate first = certificate(files);
        Certificate second = certificate(next);
        assertThat(shown()).isEqualTo(first);

        // When
        replace(files.certificate(), next.certificate());
        replace(files.key(), next.key());

        // Then
        assertThat(shown()).isEqualTo(first);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(shown()).isEqualTo(second);
    }

    @Test
    void aCertificateWhoseKeyIsNotThereYetWaitsForIt() throws Exception {
        // Given
        Certificate first = certificate(files);
        replace(files.certificate(), next.certificate());
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(shown()).isEqualTo(first);

        // When
        replace(files.key(), next.key());
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        // Then
        assertThat(shown()).isEqualTo(certificate(next));
    }

    @Test
    void filesThatAreGoneLeaveTheCertificateThatWasThere() throws Exception {
        // Given
        Certificate first = certificate(files);
        Files.delete(files.certificate());
        Files.delete(files.key());

        // When
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        // Then
        assertThat(shown()).isEqualTo(first);
    }

    @Test
    void aHandshakeThatHasChosenEndsWithTheKeyOfWhatItChose() throws Exception {
        // Given
        WatchedKeys keys = new WatchedKeys(files, nanos::get);
        String chosen = requireNonNull(keys.chooseEngineServerAlias("EC", null, null));
        Certificate first = certificate(files);
        replace(files.certificate(), next.certificate());
        replace(files.key(), next.key());

        // When
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        String another = requireNonNull(keys.chooseEngineServerAlias("RSA", null, null));

        // Then
        assertThat(another).isNotEqualTo(chosen);
        assertThat(requireNonNull(keys.getCertificateChain(chosen))[0]).isEqualTo(first);
        assertThat(requireNonNull(keys.getPrivateKey(chosen)).getAlgorithm()).isEqualTo("EC");
        assertThat(requireNonNull(keys.getPrivateKey(another)).getAlgorithm()).isEqualTo("RSA");
    }

    /** What a client that connects now gets to see. */
    private Certificate shown() throws Exception {
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, new TrustManager[] {new TrustsAnyone()}, null);
        InetAddress here = InetAddress.getLoopbackAddress();
        try (SSLServerSocket server =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, here)) {
            CompletableFuture<Void> served = Background.run(() -> {
                try (SSLSocket accepted = (SSLSocket) server.accept()) {
                    accepted.startHandshake();
                    accepted.getInputStream().read();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(here, server.getLocalPort())) {
                socket.startHandshake();
                Certificate certificate = socket.getSession().getPeerCertificates()[0];
                socket.getOutputStream().write(1);
                served.get(10, TimeUnit.SECONDS);
                return certificate;
            }
        }
    }

    private static Certificate certificate(TlsFiles of) throws Exception {
        try (InputStream in = new FileInputStream(of.certificate().toFile())) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static void replace(Path file, Path by) throws Exception {
        Files.copy(by, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What a certificate says is looked at by the test. */
    private static final class TrustsAnyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
