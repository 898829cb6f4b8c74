package io.sightline.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests as {@code kubectl kustomize} makes them. Runs with {@code -Pclients}; needs no cluster. */
@Tag("clients")
@Timeout(180)
class RenderedManifestsIT {
    private static final int OLDEST_KUSTOMIZE = 5;
    private static final String INSTALL =
            "apt-get install -y kubernetes-client (in Debian 13 and newer; else see https://kubernetes.io/docs/tasks/tools)";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void needsKubectl() throws Exception {
        String version;
        try {
            version = run("kubectl", "version", "--client");
        } catch (IOException e) {
            fail("kubectl is missing: " + INSTALL, e);
            return;
        }
        Matcher kustomize = Pattern.compile("Kustomize Version: v(\\d+)").matcher(version);
        if (!kustomize.find() || Integer.parseInt(kustomize.group(1)) < OLDEST_KUSTOMIZE) {
            fail("kubectl is too old, it has to have Kustomize 5, as 1.27 and newer have: " + INSTALL + "\n" + version);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s/base", "k8s/overlays/local", "k8s/overlays/aks"})
    void whatIsAppliedHasNoUnknownFieldAndBreaksNoRule(String overlay) throws Exception {
        assertThat(Rules.broken(rendered(overlay))).isEmpty();
    }

    @Test
    void monitoringHasNoUnknownField() throws Exception {
        assertThat(rendered("k8s/monitoring"))
                .extracting(manifest -> manifest.kind() + " " + manifest.name())
                .contains(
                        "monitoring.coreos.com/v1/PodMonitor sightline-member",
                        "monitoring.coreos.com/v1/PrometheusRule sightline",
                        "v1/ConfigMap sightline-dashboards",
                        "v1/ConfigMap sightline-grafana-alerts",
                        "v1/ConfigMap sightline-datasource");
    }

    @Test
    void onAzureEveryNameComesFromOneFile() throws Exception {
        // Given
        String yaml = run("kubectl", "kustomize", "k8s/overlays/aks");

        // Then
        assertThat(yaml)
                .doesNotContain("from-azure.env")
                .doesNotContain("image: sightline:")
                .contains("azure.workload.identity/client-id: 00000000-0000-0000-0000-000000000001")
                .contains("azure.workload.identity/client-id: 00000000-0000-0000-0000-000000000002")
                .contains("clientID: 00000000-0000-0000-0000-000000000001")
                .contains("clientID: 00000000-0000-0000-0000-000000000002")
                .contains("keyvaultName: example-vault")
                .contains("image: example.azurecr.io/sightline:0.1.0");
    }

    @Test
    void onAzureMembersAreSpreadOverZonesAndHaveAnIdentity() throws Exception {
        // Given
        Pod member = Pod.of(rendered("k8s/overlays/aks")).stream()
                .filter(pod -> pod.owner().equals("sightline-member"))
                .findFirst()
                .orElseThrow();

        // Then
        assertThat(member.labels()).containsEntry("azure.workload.identity/use", "true");
        assertThat(member.spec().getTopologySpreadConstraints())
                .filteredOn(spread -> spread.getWhenUnsatisfiable().equals("DoNotSchedule"))
                .extracting(TopologySpreadConstraint::getTopologyKey)
                .containsExactlyInAnyOrder("topology.kubernetes.io/zone", "kubernetes.io/hostname");
    }

    @Test
    void theGatewayOnAzureReadsNoSecretOfTheCluster() throws Exception {
        // Given
        Pod gateway = Pod.of(rendered("k8s/overlays/aks")).stream()
                .filter(pod -> pod.owner().equals("sightline-gateway"))
                .findFirst()
                .orElseThrow();

        // Then
        assertThat(gateway.spec().getVolumes()).allMatch(volume -> volume.getSecret() == null);
        assertThat(gateway.spec().getVolumes()).anyMatch(volume -> volume.getCsi() != null);
    }

    private static List<Manifest> rendered(String overlay) throws Exception {
        return Manifest.read(overlay, run("kubectl", "kustomize", overlay));
    }

    /** What it prints; fails with what it says if it fails, or only warns. */
    private static String run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail(String.join(" ", command) + " does not end");
        }
        String said = Files.readString(err, StandardCharsets.UTF_8);
        assertThat(process.exitValue())
                .as("%s: %s", String.join(" ", command), said)
                .isZero();
        assertThat(said).as("warnings of %s", String.join(" ", command)).isEmpty();
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
