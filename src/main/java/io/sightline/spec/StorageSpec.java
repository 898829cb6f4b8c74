package io.sightline.spec;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How the {@code abfs://} and {@code abfss://} paths of a pipeline file are reached: by an identity, an account key or a SAS
 * token, exactly one of them.
 *
 * @param identity of Entra ID, which needs no secret
 * @param accountKey a secret
 * @param sasToken a secret
 * @param emulator {@code host:port} of what stands in for the account's own address; null for that
 */
public record StorageSpec(
        @Nullable Identity identity,
        @Nullable Setting accountKey,
        @Nullable Setting sasToken,
        @Nullable String emulator)
        implements Serializable {

    /** Whose rights are used. */
    public enum Identity {
        /** A pod's, by AKS workload identity. */
        WORKLOAD,
        /** The machine's. */
        MANAGED
    }
}
