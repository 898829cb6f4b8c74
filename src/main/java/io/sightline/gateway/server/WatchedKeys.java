package io.sightline.gateway.server;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate and its key as their files are now: looked at again at a handshake when the last look is a second old. Files
 * that cannot be used, as while only one of the two is replaced, leave what was there before. Connections that stand are not
 * touched. Any thread.
 */
final class WatchedKeys extends X509ExtendedKeyManager {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedKeys.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final byte[] NOT_THERE = {};

    private final TlsFiles files;
    private final LongSupplier nanoClock;
    private List<byte[]> seen;
    private long seenAt;
    private int reads;
    private X509ExtendedKeyManager now;
    /** A handshake may have chosen it just before there was a newer one. */
    private X509ExtendedKeyManager before;

    /**
     * Reads them.
     *
     * @param nanoClock a clock for spans, as {@link System#nanoTime}
     * @throws IllegalArgumentException if they cannot be used
     */
    WatchedKeys(TlsFiles files, LongSupplier nanoClock) throws IOException {
        this.files = files;
        this.nanoClock = nanoClock;
        this.seen = bytes();
        this.seenAt = nanoClock.getAsLong();
        this.now = files.read(nextAlias());
        this.before = now;
    }

    private synchronized X509ExtendedKeyManager latest() {
        long time = nanoClock.getAsLong();
        if (time - seenAt >= LOOK_INTERVAL.toNanos()) {
            seenAt = time;
            look();
        }
        return now;
    }

    private void look() {
        List<byte[]> there = bytes();
        if (Arrays.equals(there.get(0), seen.get(0)) && Arrays.equals(there.get(1), seen.get(1))) {
            return;
        }
        seen = there;
        try {
            X509ExtendedKeyManager changed = files.read(nextAlias());
            before = now;
            now = changed;
            LOG.atInfo().addKeyValue("file", files.certificate()).log("the certificate was read again");
        } catch (IOException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", files.certificate())
                    .addKeyValue("why", e.getMessage())
                    .log("the certificate or its key has changed and cannot be used, the old ones stay");
        }
    }

    /** By a name of its own each time, so that a key never goes with the certificate of another time. */
    private String nextAlias() {
        return "gateway-" + reads++;
    }

    private List<byte[]> bytes() {
        return List.of(bytes(files.certificate()), bytes(files.key()));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return NOT_THERE;
        }
    }

    private synchronized X509ExtendedKeyManager of(String alias) {
        return now.getPrivateKey(alias) == null ? before : now;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return latest().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return latest().chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return latest().getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return of(alias).getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return of(alias).getPrivateKey(alias);
    }

    /** None: a gateway is no client. */
    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    /** None: a gateway is no client. */
    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }
}
