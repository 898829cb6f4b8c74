package io.sightline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.gateway.server.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate for this machine that signs itself, with its key: what {@code openssl req -x509 -nodes} makes. */
public final class TestCertificate {
    /** Of the key store in PKCS #12 that is left beside the files. */
    public static final String PASSWORD = "changeit";

    private TestCertificate() {}

    /**
     * Makes one.
     *
     * @param keyAlgorithm as keytool takes it: RSA, EC or Ed25519
     */
    public static TlsFiles in(Path folder, String keyAlgorithm)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path keys = folder.resolve(keyAlgorithm + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "gateway",
                        "-keyalg",
                        keyAlgorithm,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD,
                        "-validity",
                        "10")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        return new TlsFiles(
                pem(
                        folder.resolve(keyAlgorithm + ".crt"),
                        "CERTIFICATE",
                        store.getCertificate("gateway").getEncoded()),
                pem(
                        folder.resolve(keyAlgorithm + ".key"),
                        "PRIVATE KEY",
                        store.getKey("gateway", PASSWORD.toCharArray()).getEncoded()));
    }

    private static Path pem(Path file, String what, byte[] encoded) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }
}
