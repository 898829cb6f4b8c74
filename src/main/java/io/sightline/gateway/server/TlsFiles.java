package io.sightline.gateway.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway proves itself with: a certificate and its key, as PEM files.
 *
 * @param certificate the gateway's own first, then those that signed it
 * @param key PKCS #8, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    /** Key algorithms, each with a way to sign. */
    private static final Map<String, String> ALGORITHMS =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "Ed25519", "Ed25519");

    /**
     * TLS with these, as they are at each handshake: {@link WatchedKeys}.
     *
     * @throws IllegalArgumentException if they are no certificate and key, or do not belong together
     * @throws IOException if they cannot be read
     */
    public SSLContext context() throws IOException {
        return context(System::nanoTime);
    }

    /**
     * The same.
     *
     * @param nanoClock a clock for spans, as {@link System#nanoTime}
     */
    SSLContext context(LongSupplier nanoClock) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new WatchedKeys(this, nanoClock)}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform knows TLS", e);
        }
    }

    /**
     * What is in them now.
     *
     * @param alias how the manager names what it has
     * @throws IllegalArgumentException if they are no certificate and key, or do not belong together
     * @throws IOException if they cannot be read
     */
    X509ExtendedKeyManager read(String alias) throws IOException {
        Certificate[] chain = chain();
        PrivateKey secret = secret();
        try {
            if (!belongTogether(chain[0], secret)) {
                throw new IllegalArgumentException(key + ": is not the key of the certificate in " + certificate);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] inMemoryOnly = new char[0];
            store.setKeyEntry(alias, secret, inMemoryOnly, chain);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, inMemoryOnly);
            return (X509ExtendedKeyManager) managers.getKeyManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(certificate + ": cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    private Certificate[] chain() throws IOException {
        try {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificates()))
                    .toArray(new Certificate[0]);
            if (chain.length == 0) {
                throw new IllegalArgumentException(certificate + ": holds no certificate");
            }
            return chain;
        } catch (CertificateException e) {
            throw new IllegalArgumentException(certificate + ": holds no certificate in PEM: " + e.getMessage(), e);
        }
    }

    /** Those of the file alone: a key vault gives a certificate and its key as one. */
    private byte[] certificates() throws IOException {
        Matcher pem = PEM.matcher(Files.readString(certificate, StandardCharsets.ISO_8859_1));
        StringBuilder found = new StringBuilder();
        while (pem.find()) {
            if (pem.group(1).endsWith("CERTIFICATE")) {
                found.append(pem.group()).append('\n');
            }
        }
        return found.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private PrivateKey secret() throws IOException {
        Matcher pem = PEM.matcher(Files.readString(key, StandardCharsets.US_ASCII));
        String found = null;
        while (pem.find()) {
            found = pem.group(1);
            if (found.equals("PRIVATE KEY")) {
                return secret(Base64.getMimeDecoder().decode(pem.group(2)));
            }
        }
        throw new IllegalArgumentException(key + ": holds " + (found == null ? "no key in PEM" : "`" + found + "`")
                + "; accepted: `PRIVATE KEY` (PKCS #8, not encrypted); openssl pkcs8 -topk8 -nodes makes it of others");
    }

    private PrivateKey secret(byte[] encoded) {
        for (String algorithm : ALGORITHMS.keySet()) {
            PrivateKey secret = secret(algorithm, encoded);
            if (secret != null) {
                return secret;
            }
        }
        throw new IllegalArgumentException(
                key + ": a key of an unknown kind; accepted: " + String.join(", ", ALGORITHMS.keySet()));
    }

    private static @Nullable PrivateKey secret(String algorithm, byte[] encoded) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidKeySpecException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform knows " + algorithm, e);
        }
    }

    /** Else every client would be told of a failed handshake, and nobody why. */
    private static boolean belongTogether(Certificate certificate, PrivateKey secret) throws GeneralSecurityException {
        String kind = secret.getAlgorithm().equals("EdDSA") ? "Ed25519" : secret.getAlgorithm();
        Signature signature = Signature.getInstance(ALGORITHMS.getOrDefault(kind, kind));
        byte[] text = "whose key is it?".getBytes(StandardCharsets.US_ASCII);
        try {
            signature.initSign(secret);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(text);
            return signature.verify(signed);
        } catch (InvalidKeyException e) {
            return false;
        }
    }
}
