package io.sightline.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.gateway.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PEM files as people have them, right and wrong. */
class TlsFilesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void aCertificateAndItsKeyAreTaken(String keyAlgorithm) throws Exception {
        assertThat(TestCertificate.in(folder, keyAlgorithm).context().getProtocol())
                .isEqualTo("TLS");
    }

    @Test
    void oneFileMayHoldBoth() throws Exception {
        // Given
        TlsFiles two = TestCertificate.in(folder, "RSA");
        Path both = Files.writeString(
                folder.resolve("tls.pem"), Files.readString(two.key()) + Files.readString(two.certificate()));

        // Then
        assertThat(new TlsFiles(both, both).context().getProtocol()).isEqualTo("TLS");
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() throws Exception {
        // Given
        TlsFiles one = TestCertificate.in(Files.createDirectory(folder.resolve("one")), "EC");
        TlsFiles other = TestCertificate.in(Files.createDirectory(folder.resolve("other")), "EC");
        TlsFiles rsa = TestCertificate.in(folder, "RSA");

        // Then
        for (Path key : new Path[] {other.key(), rsa.key()}) {
            assertThatThrownBy(() -> new TlsFiles(one.certificate(), key).context())
                    .hasMessageContaining("is not the key of the certificate in " + one.certificate());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RSA PRIVATE KEY, holds `RSA PRIVATE KEY`; accepted: `PRIVATE KEY`",
        "ENCRYPTED PRIVATE KEY, holds `ENCRYPTED PRIVATE KEY`",
        "PRIVATE KEY, a key of an unknown kind; accepted:",
        "-, holds no key in PEM",
    })
    void whatIsNoKeyIsSaid(String what, String message) throws Exception {
        // Given
        TlsFiles files = TestCertificate.in(folder, "EC");
        Files.writeString(files.key(), "-----BEGIN " + what + "-----\nAAAA\n-----END " + what + "-----\n");

        // Then
        assertThatThrownBy(files::context).hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no certificate"})
    void whatIsNoCertificateIsSaid(String text) throws Exception {
        // Given
        TlsFiles files = TestCertificate.in(folder, "EC");
        Files.writeString(files.certificate(), text);

        // Then
        assertThatThrownBy(files::context).hasMessageContaining("holds no certificate");
    }
}
