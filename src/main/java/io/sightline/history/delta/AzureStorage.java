package io.sightline.history.delta;

import static java.util.Objects.requireNonNull;

import io.sightline.spec.Environment;
import io.sightline.spec.Setting;
import io.sightline.spec.StorageSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.azurebfs.constants.ConfigurationKeys;
import org.apache.hadoop.fs.azurebfs.oauth2.MsiTokenProvider;
import org.apache.hadoop.fs.azurebfs.oauth2.WorkloadIdentityTokenProvider;
import org.jspecify.annotations.Nullable;

/**
 * What Hadoop's driver for Azure storage is told to reach an account. Its settings without an account's name hold for all.
 *
 * @see <a href="https://hadoop.apache.org/docs/r3.5.0/hadoop-azure/abfs.html">Hadoop's page on ABFS</a>
 */
public final class AzureStorage {
    /** Of the environment that AKS workload identity gives a pod. */
    private static final Map<String, String> WORKLOAD_VARIABLES = Map.of(
            "AZURE_TENANT_ID", ConfigurationKeys.FS_AZURE_ACCOUNT_OAUTH_MSI_TENANT,
            "AZURE_CLIENT_ID", ConfigurationKeys.FS_AZURE_ACCOUNT_OAUTH_CLIENT_ID,
            "AZURE_FEDERATED_TOKEN_FILE", ConfigurationKeys.FS_AZURE_ACCOUNT_OAUTH_TOKEN_FILE,
            "AZURE_AUTHORITY_HOST", ConfigurationKeys.FS_AZURE_ACCOUNT_OAUTH_MSI_AUTHORITY);

    private AzureStorage() {}

    /**
     * Settings of Hadoop's file systems; none without a storage.
     *
     * @throws io.sightline.spec.UnresolvedSettingException if a secret's reference leads nowhere
     */
    public static Map<String, String> options(@Nullable StorageSpec storage, Environment environment) {
        Map<String, String> options = new LinkedHashMap<>();
        if (storage == null) {
            return options;
        }
        Setting accountKey = storage.accountKey();
        Setting sasToken = storage.sasToken();
        if (accountKey != null) {
            options.put(ConfigurationKeys.FS_AZURE_ACCOUNT_AUTH_TYPE_PROPERTY_NAME, "SharedKey");
            options.put(
                    ConfigurationKeys.FS_AZURE_ACCOUNT_KEY_PROPERTY_NAME,
                    accountKey.resolve(environment, "storage.account-key"));
        } else if (sasToken != null) {
            options.put(ConfigurationKeys.FS_AZURE_ACCOUNT_AUTH_TYPE_PROPERTY_NAME, "SAS");
            options.put(SasToken.SETTING, sasToken.raw());
            options.put(ConfigurationKeys.FS_AZURE_SAS_TOKEN_PROVIDER_TYPE, SasToken.class.getName());
            // One that leads nowhere is to be said now and not at the first request.
            requireNonNull(sasToken.resolve(environment, "storage.sas-token"));
        } else {
            identity(requireNonNull(storage.identity()), environment, options);
        }
        // Its figures on its own requests go to the storage when it is closed: where that is away, a process ends 30 s
        // later.
        options.put(ConfigurationKeys.FS_AZURE_METRICS_COLLECTION_ENABLED, "false");
        String emulator = storage.emulator();
        if (emulator != null) {
            options.put(ConfigurationKeys.AZURE_ABFS_ENDPOINT, emulator);
            options.put(ConfigurationKeys.FS_AZURE_ALWAYS_USE_HTTPS, "false");
            options.put(ConfigurationKeys.FS_AZURE_FNS_ACCOUNT_SERVICE_TYPE, "BLOB");
            options.put(ConfigurationKeys.FS_AZURE_ACCOUNT_IS_HNS_ENABLED, "false");
        }
        return options;
    }

    private static void identity(StorageSpec.Identity identity, Environment environment, Map<String, String> options) {
        options.put(ConfigurationKeys.FS_AZURE_ACCOUNT_AUTH_TYPE_PROPERTY_NAME, "OAuth");
        boolean workload = identity == StorageSpec.Identity.WORKLOAD;
        options.put(
                ConfigurationKeys.FS_AZURE_ACCOUNT_TOKEN_PROVIDER_TYPE_PROPERTY_NAME,
                (workload ? WorkloadIdentityTokenProvider.class : MsiTokenProvider.class).getName());
        WORKLOAD_VARIABLES.forEach((variable, setting) -> {
            String value = environment.variable(variable);
            // A machine has several identities at most; which one, its client id says.
            boolean wanted = workload || setting.equals(ConfigurationKeys.FS_AZURE_ACCOUNT_OAUTH_CLIENT_ID);
            if (wanted && value != null && !value.isEmpty()) {
                options.put(setting, value);
            }
        });
    }
}
