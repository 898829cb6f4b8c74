package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.spec.Environment;
import io.sightline.spec.Setting;
import io.sightline.spec.StorageSpec;
import io.sightline.spec.UnresolvedSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AzureStorageTest {
    @TempDir
    private Path folder;

    @Test
    void aPodGoesInAsItsWorkloadIdentity() {
        // Given
        StorageSpec storage = new StorageSpec(StorageSpec.Identity.WORKLOAD, null, null, null);
        Environment pod = variables(Map.of(
                "AZURE_TENANT_ID", "tenant",
                "AZURE_CLIENT_ID", "client",
                "AZURE_FEDERATED_TOKEN_FILE", "/var/run/token",
                "AZURE_AUTHORITY_HOST", "https://login.example/"));

        // When
        Map<String, String> options = AzureStorage.options(storage, pod);

        // Then
        assertThat(options)
                .containsEntry("fs.azure.account.auth.type", "OAuth")
                .containsEntry(
                        "fs.azure.account.oauth.provider.type",
                        "org.apache.hadoop.fs.azurebfs.oauth2.WorkloadIdentityTokenProvider")
                .containsEntry("fs.azure.account.oauth2.msi.tenant", "tenant")
                .containsEntry("fs.azure.account.oauth2.client.id", "client")
                .containsEntry("fs.azure.account.oauth2.token.file", "/var/run/token")
                .containsEntry("fs.azure.account.oauth2.msi.authority", "https://login.example/");
    }

    @Test
    void aMachineGoesInAsItsManagedIdentity() {
        // Given
        StorageSpec storage = new StorageSpec(StorageSpec.Identity.MANAGED, null, null, null);

        // When
        Map<String, String> options = AzureStorage.options(storage, variables(Map.of("AZURE_CLIENT_ID", "client")));

        // Then
        assertThat(options)
                .containsEntry(
                        "fs.azure.account.oauth.provider.type", "org.apache.hadoop.fs.azurebfs.oauth2.MsiTokenProvider")
                .containsEntry("fs.azure.account.oauth2.client.id", "client")
                .doesNotContainKey("fs.azure.account.oauth2.token.file");
    }

    @Test
    void aSecretThatLeadsNowhereIsNamedAtOnce() {
        for (StorageSpec storage : new StorageSpec[] {
            new StorageSpec(null, new Setting("${env:NONE}"), null, null),
            new StorageSpec(null, null, new Setting("${env:NONE}"), null)
        }) {
            assertThatThrownBy(() -> AzureStorage.options(storage, variables(Map.of())))
                    .isInstanceOf(UnresolvedSettingException.class)
                    .hasMessageContaining("storage.")
                    .hasMessageContaining("NONE");
        }
    }

    @Test
    void aNewSharedAccessSignatureHoldsFromTheNextRequestOn() throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("sas"), "?sv=1&sig=first\n");
        StorageSpec storage = new StorageSpec(null, null, new Setting("${file:" + file + "}"), null);
        Configuration configuration = new Configuration(false);
        AzureStorage.options(storage, Environment.ofThisProcess()).forEach(configuration::set);
        SasToken token = new SasToken();
        token.initialize(configuration, "account");

        // When
        String before = token.getSASToken("account", "container", "/path", "read");
        Files.writeString(file, "sv=1&sig=second");
        String after = token.getSASToken("account", "container", "/path", "read");

        // Then
        assertThat(before).isEqualTo("sv=1&sig=first");
        assertThat(after).isEqualTo("sv=1&sig=second");
        assertThat(configuration.toString() + configuration.get("sightline.storage.sas-token"))
                .doesNotContain("sig=");
    }

    private static Environment variables(Map<String, String> variables) {
        return new Environment() {
            @Override
            public @Nullable String variable(String name) {
                return variables.get(name);
            }

            @Override
            public String file(String path) throws IOException {
                throw new IOException("no files here");
            }
        };
    }
}
