package io.sightline.k8s;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.cli.Sightline;
import io.sightline.spec.KeptFile;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.StorageSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The manifests as they lie in the project; {@code RenderedManifestsIT} has them as Kustomize makes them. */
class ManifestsTest {
    private static final Path K8S = Path.of("k8s");
    private static final Path BASE = K8S.resolve("base");
    private static final Path AKS = K8S.resolve("overlays").resolve("aks");
    private static final Path DETECTIONS = Path.of("pipelines", "detections.yaml");

    static Stream<Kustomization> kustomizations() {
        return Kustomization.all().stream();
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void everyFieldIsKnown(Kustomization kustomization) {
        Path file = kustomization.folder().resolve("kustomization.yaml");
        assertThat(Manifest.read(file.toString(), Kustomization.text(file))).hasSize(1);
        for (List<Path> files : List.of(kustomization.resources(), kustomization.patches())) {
            files.forEach(read -> assertThat(Manifest.read(read.toString(), Kustomization.text(read)))
                    .as("objects in %s", read)
                    .isNotEmpty());
        }
    }

    @Test
    void noFileLiesThereUnused() {
        // Given
        Stream<Path> used = Kustomization.all().stream()
                .flatMap(kustomization -> Stream.of(
                                Stream.of(kustomization.folder().resolve("kustomization.yaml")),
                                kustomization.resources().stream(),
                                kustomization.patches().stream(),
                                kustomization.configured().stream())
                        .flatMap(files -> files));

        // Then
        assertThat(Kustomization.filesBelow("k8s"))
                .isSubsetOf(used.map(Path::normalize).toList());
    }

    @Test
    void theBaseBreaksNoRule() {
        assertThat(Rules.broken(Kustomization.of(BASE).unrendered())).isEmpty();
    }

    static Stream<Arguments> crooked() {
        return Stream.of(
                Arguments.of("member.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot"),
                Arguments.of("member.yaml", "runAsUser: 10001", "runAsUser: 0", "runAsUser"),
                Arguments.of("gateway.yaml", "fsGroup: 10001", "fsGroup: 0", "fsGroup"),
                Arguments.of("member.yaml", "type: RuntimeDefault", "type: Unconfined", "seccompProfile"),
                Arguments.of("member.yaml", "      automountServiceAccountToken: false\n", "", "API server"),
                Arguments.of(
                        "member.yaml",
                        "      terminationGrace",
                        "      hostNetwork: true\n      terminationGrace",
                        "host"),
                Arguments.of("member.yaml", "serviceAccountName: sightline-member", "serviceAccountName: m", "account"),
                Arguments.of(
                        "member.yaml", "PeriodSeconds: 660", "PeriodSeconds: 600", "terminationGracePeriodSeconds"),
                Arguments.of("member.yaml", "maxUnavailable: 1", "maxUnavailable: 2", "PodDisruptionBudget"),
                Arguments.of("member.yaml", "  clusterIP: None\n", "", "headless"),
                Arguments.of("member.yaml", "--service-dns=sightline-members", "--service-dns=others", "--service-dns"),
                Arguments.of("member.yaml", "replicas: 3", "replicas: 5", "waits for all its members"),
                Arguments.of("member.yaml", "image: sightline:0.1.0", "image: sightline:latest", "image"),
                Arguments.of("member.yaml", "image: sightline:0.1.0", "image: sightline", "image"),
                Arguments.of(
                        "member.yaml", "limits: {cpu: \"4\", memory: 8Gi}", "limits: {cpu: \"4\"}", "limits of memory"),
                Arguments.of("member.yaml", "cpu: \"2\", memory: 8Gi", "cpu: \"2\", memory: 4Gi", "requested in full"),
                Arguments.of("member.yaml", "value: 5g", "value: 7g", "a heap that its limit"),
                Arguments.of(
                        "member.yaml", "{name: SIGHTLINE_HEAP, value: 5g}", "{name: A, value: b}", "SIGHTLINE_HEAP"),
                Arguments.of(
                        "member.yaml", """
                                  startupProbe:
                                    httpGet: {path: /health/live, port: metrics}
                                    periodSeconds: 5
                                    failureThreshold: 60
                        """,
                        "", "startupProbe"),
                Arguments.of("member.yaml", "ready, port: metrics", "ready, port: nowhere", "a port that is there"),
                Arguments.of("member.yaml", "allowPrivilegeEscalation: false", "privileged: false", "Escalation"),
                Arguments.of("member.yaml", "readOnlyRootFilesystem: true", "privileged: false", "readOnlyRoot"),
                Arguments.of("member.yaml", "drop: [ALL]", "drop: [KILL]", "drop ALL"),
                Arguments.of("member.yaml", "emptyDir: {sizeLimit: 4Gi}", "emptyDir: {}", "sizeLimit"),
                Arguments.of(
                        "member.yaml", "emptyDir: {sizeLimit: 4Gi}", "hostPath: {path: /tmp}", "nothing of the host"),
                Arguments.of("member.yaml", "            - {name: tmp, mountPath: /tmp}\n", "", "mounts"),
                Arguments.of("member.yaml", "name: sightline-environment", "name: nothing", "ConfigMap"),
                Arguments.of(
                        "pipeline.yaml",
                        "{name: SIGHTLINE_HEAP, value: 256m}",
                        "{name: DB_PASSWORD, value: x}",
                        "clear"),
                Arguments.of("pipeline.yaml", "configMap: {name: s", "configMap: {name: x", "ConfigMap"),
                Arguments.of("gateway.yaml", "secretName: sightline-access", "secretName: x", "Secret"),
                Arguments.of(
                        "gateway.yaml",
                        "spec:\n  selector:\n    m",
                        "spec:\n  replicas: 2\n  selector:\n    m",
                        "autoscaler"),
                Arguments.of("gateway.yaml", "targetPort: https", "targetPort: http", "target port"),
                Arguments.of("management-center.yaml", "claimName: management-center", "claimName: x", "claim"),
                Arguments.of("management-center.yaml", "center:5.11.0", "center", "image"),
                Arguments.of(
                        "network-policies.yaml",
                        "policyTypes: [Ingress, Egress]",
                        "policyTypes: [Ingress]",
                        "denies all"),
                Arguments.of("network-policies.yaml", "port: 9701", "port: 5701", "the grid's port"),
                Arguments.of(
                        "network-policies.yaml",
                        "        - podSelector:\n            matchLabels: {app.kubernetes.io/component: gateway}\n",
                        "        - podSelector: {}\n",
                        "the grid's port for"),
                Arguments.of("network-policies.yaml", "port: 8443}", "port: 8443}\n    - {}", "ports"),
                Arguments.of("namespace.yaml", "enforce: restricted", "enforce: baseline", "restricted"));
    }

    @ParameterizedTest
    @MethodSource("crooked")
    void everyRuleCanBreak(String file, String good, String bad, String broken) {
        // Given
        String yaml = Kustomization.text(BASE.resolve(file));
        assertThat(yaml).contains(good);
        String where = BASE.resolve(file).toString();
        List<Manifest> manifests = Stream.concat(
                        Kustomization.of(BASE).unrendered().stream()
                                .filter(manifest -> !manifest.where().equals(where)),
                        Manifest.read(where, yaml.replace(good, bad)).stream())
                .toList();

        // Then
        assertThat(Rules.broken(manifests)).anyMatch(line -> line.contains(broken));
    }

    @Test
    void aSecretIsRefusedWhereverItStands() {
        // Given
        String map = """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: m}
                data: {a: "Endpoint=sb://ns;SharedAccessKey=%s"}
                """.formatted("c2VjcmV0");
        List<Manifest> manifests = Stream.concat(
                        Kustomization.of(BASE).unrendered().stream(), Manifest.read("here", map).stream())
                .toList();

        // Then
        assertThat(Rules.broken(manifests)).containsExactly("m, a: a secret in clear");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "terminationGracePeriodSeconds: 660 | terminationGracePeriodSecond: 660 | terminationGracePeriodSecond",
                "replicas: 3                        | replicas: \"3\"                     | replicas",
                "containerPort: 5701                | containerPort: grid               | containerPort",
                "value: 5g                          | value: 5                          | value",
                "kind: StatefulSet                  | kind: StatefulSets                | unknown kind",
            })
    void aFieldThatKubernetesDoesNotKnowIsRefused(String good, String bad, String named) {
        // Given
        String yaml = Kustomization.text(BASE.resolve("member.yaml"));
        assertThat(yaml).contains(good);

        // Then
        assertThatThrownBy(() -> Manifest.read("here", yaml.replace(good, bad)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void aFieldThatACustomKindHasNotIsRefused() {
        // Given
        String yaml = Kustomization.text(AKS.resolve("secret-provider-classes.yaml"));

        // Then
        assertThatThrownBy(() -> Manifest.read("here", yaml.replace("clientID", "clientId")))
                .hasMessageContaining("spec.parameters.clientId");
    }

    @Test
    void whatContainersAreStartedWithIsWhatTheProgramTakes() {
        // Given
        Stream<Path> files = Kustomization.all().stream()
                .flatMap(one -> Stream.concat(one.resources().stream(), one.patches().stream()));
        List<List<String>> commands = files.flatMap(
                        file -> Manifest.read(file.toString(), Kustomization.text(file)).stream())
                .flatMap(manifest -> Pod.of(List.of(manifest)).stream())
                .flatMap(pod -> pod.spec().getContainers().stream())
                .map(container -> container.getArgs())
                .filter(arguments -> !arguments.isEmpty())
                .toList();

        // Then
        assertThat(commands.stream().map(arguments -> arguments.get(0)))
                .contains("member", "gateway", "upgrade")
                .doesNotContain("demo");
        for (List<String> arguments : commands) {
            new CommandLine(Sightline.class).parseArgs(arguments.toArray(String[]::new));
        }
    }

    @Test
    void thePipelineOnAzureIsThatOfTheProjectFromAnotherSourceIntoAnotherTable() {
        // Given
        PipelineSpec onAzure = PipelineFile.load(AKS.resolve("detections.yaml"));
        PipelineSpec ofTheProject = PipelineFile.load(DETECTIONS);

        // Then
        assertThat(onAzure.withSource(ofTheProject.source()).withHistory(ofTheProject.history()))
                .usingRecursiveComparison()
                .ignoringFields("storage")
                .isEqualTo(ofTheProject);
        assertThat(onAzure.storage()).isEqualTo(new StorageSpec(StorageSpec.Identity.WORKLOAD, null, null, null));
        assertThat(requireNonNull(onAzure.history())
                        .at(
                                requireNonNull(ofTheProject.history()).table(),
                                onAzure.history().commitEvery()))
                .isEqualTo(ofTheProject.history());
        assertThat(onAzure.source()).isNotEqualTo(ofTheProject.source());
    }

    @Test
    void whatThePipelineOnAzureRefersToIsThere() throws IOException {
        // Given
        String pipeline = Files.readString(AKS.resolve("detections.yaml"));
        String environment = Files.readString(AKS.resolve("azure.env"));
        String vault = Files.readString(AKS.resolve("secret-provider-classes.yaml"));

        // Then
        assertThat(found("\\$\\{env:(\\w+)}", pipeline)).isNotEmpty().isSubsetOf(found("(?m)^(\\w+)=", environment));
        assertThat(found("\\$\\{file:/etc/sightline/secrets/([^}]+)}", pipeline))
                .isNotEmpty()
                .isSubsetOf(found("objectName: (\\S+)", vault));
    }

    @Test
    void eachPipelinesReferenceDataIsInTheImage() throws IOException {
        // Given
        try (Stream<Path> files = Files.list(Path.of("pipelines"))) {
            List<Path> pipelines = files.filter(
                            file -> file.toString().endsWith(".yaml") && !file.endsWith("kustomization.yaml"))
                    .toList();

            // Then
            assertThat(pipelines).hasSizeGreaterThan(1);
            for (Path file : pipelines) {
                PipelineFile.load(file)
                        .enrich()
                        .forEach(
                                reference -> assertThat(Path.of(reference.from().raw()))
                                        .startsWith(Path.of("pipelines"))
                                        .exists());
            }
            assertThat(Kustomization.of(Path.of("pipelines")).configured())
                    .containsExactlyInAnyOrderElementsOf(pipelines);
        }
    }

    @Test
    void theAlertRulesAreThoseOfTheDashboards() throws IOException {
        // Given
        String rules = Files.readString(Path.of("dashboards", "prometheus", "sightline-alerts.yaml"));
        String groups = rules.substring(rules.indexOf("groups:")).replaceAll("(?m)^(?=.)", "  ");

        // Then
        KeptFile.assertInStep(K8S.resolve("monitoring").resolve("prometheus-rule.yaml"), """
                # Written by ManifestsTest from dashboards/prometheus/sightline-alerts.yaml; change it there.
                apiVersion: monitoring.coreos.com/v1
                kind: PrometheusRule
                metadata:
                  name: sightline
                spec:
                """ + groups);
    }

    @Test
    void grafanaHasAllDashboards() {
        assertThat(Kustomization.of(Path.of("dashboards")).configured())
                .containsAll(Kustomization.filesBelow("dashboards/grafana/dashboards"));
    }

    /** The first group of each match. */
    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
