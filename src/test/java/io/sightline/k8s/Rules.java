package io.sightline.k8s;

import com.hazelcast.spi.properties.ClusterProperty;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What must hold of everything that is applied to a cluster together; {@link #broken} says what does not. */
final class Rules {
    /** Who may reach the grid's port, which has no login. */
    static final Set<String> GRID_CLIENTS = Set.of("member", "gateway", "management-center", "pipeline");

    /** Secrets that are made by hand or by another program, and are in no manifest. */
    private static final Set<String> SECRETS =
            Set.of("sightline-gateway-tls", "sightline-access", "management-center-admin");

    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final int GRID_PORT = 5701;
    private static final int SIGTERM_TO_JVM_END_SECONDS = 30;

    /** What a heap may take of the container's memory. */
    private static final double LARGEST_HEAP_SHARE = 0.7;

    private static final Pattern IMAGE = Pattern.compile("[a-z0-9][a-z0-9./-]*:(?<tag>[A-Za-z0-9_.-]+)");
    private static final Pattern HEAP = Pattern.compile("(\\d+)([mg])");
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(password|secret|token|connection_?string|_key).*");
    private static final Pattern SECRET_VALUE =
            Pattern.compile("(?i)SharedAccessKey=|AccountKey=|PRIVATE KEY-----|[?&]sig=|SCRAM-SHA-256\\$\\d");

    private final List<Manifest> manifests;
    private final List<Pod> pods;
    private final List<String> broken = new ArrayList<>();

    private Rules(List<Manifest> manifests) {
        this.manifests = manifests;
        this.pods = Pod.of(manifests);
    }

    /** One line for each thing that breaks a rule. */
    static List<String> broken(List<Manifest> manifests) {
        Rules rules = new Rules(manifests);
        rules.pods.forEach(rules::pod);
        rules.all(StatefulSet.class).forEach(rules::statefulSet);
        rules.all(Deployment.class).forEach(rules::deployment);
        rules.all(Service.class).forEach(rules::service);
        rules.networkPolicies();
        rules.namespace();
        rules.secrets();
        return rules.broken;
    }

    private <T> List<T> all(Class<T> kind) {
        return manifests.stream()
                .map(Manifest::typed)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private void require(boolean holds, String where, String otherwise) {
        if (!holds) {
            broken.add(where + ": " + otherwise);
        }
    }

    private void pod(Pod pod) {
        PodSpec spec = pod.spec();
        String where = pod.owner();
        var security = spec.getSecurityContext();
        require(security != null, where, "securityContext");
        if (security == null) {
            return;
        }
        require(Boolean.TRUE.equals(security.getRunAsNonRoot()), where, "runAsNonRoot");
        require(isPositive(security.getRunAsUser()), where, "runAsUser must be a number above 0");
        require(isPositive(security.getFsGroup()), where, "fsGroup, or it cannot write to its volumes");
        require(
                security.getSeccompProfile() != null
                        && "RuntimeDefault".equals(security.getSeccompProfile().getType()),
                where,
                "seccompProfile RuntimeDefault");
        require(
                !isTrue(spec.getHostNetwork()) && !isTrue(spec.getHostPID()) && !isTrue(spec.getHostIPC()),
                where,
                "nothing of the host");
        require(Boolean.FALSE.equals(spec.getAutomountServiceAccountToken()), where, "no token of the API server");
        require(isPositive(spec.getTerminationGracePeriodSeconds()), where, "terminationGracePeriodSeconds");
        if (spec.getServiceAccountName() != null) {
            require(
                    names(ServiceAccount.class).contains(spec.getServiceAccountName()),
                    where,
                    "unknown service account");
        }
        volumes(pod);
        pod.containers().forEach(container -> container(pod, container));
    }

    private void volumes(Pod pod) {
        Set<String> mounted = pod.containers().stream()
                .flatMap(container -> container.getVolumeMounts().stream())
                .map(mount -> mount.getName())
                .collect(Collectors.toSet());
        Set<String> there = new HashSet<>();
        for (Volume volume : pod.spec().getVolumes()) {
            String where = pod.owner() + ", volume " + volume.getName();
            there.add(volume.getName());
            require(volume.getHostPath() == null, where, "nothing of the host");
            if (volume.getEmptyDir() != null) {
                require(volume.getEmptyDir().getSizeLimit() != null, where, "sizeLimit");
            }
            if (volume.getConfigMap() != null) {
                require(names(ConfigMap.class).contains(volume.getConfigMap().getName()), where, "unknown ConfigMap");
            }
            if (volume.getSecret() != null) {
                require(SECRETS.contains(volume.getSecret().getSecretName()), where, "unknown Secret");
            }
            if (volume.getPersistentVolumeClaim() != null) {
                require(
                        names(PersistentVolumeClaim.class)
                                .contains(volume.getPersistentVolumeClaim().getClaimName()),
                        where,
                        "unknown claim");
            }
            if (volume.getCsi() != null) {
                String wanted = volume.getCsi().getVolumeAttributes().get("secretProviderClass");
                require(
                        manifests.stream()
                                .anyMatch(manifest -> manifest.kind().endsWith("/SecretProviderClass")
                                        && manifest.name().equals(wanted)),
                        where,
                        "unknown SecretProviderClass");
            }
        }
        require(mounted.equals(there), pod.owner(), "mounts " + mounted + " and has the volumes " + there);
    }

    private void container(Pod pod, Container container) {
        String where = pod.owner() + ", container " + container.getName();
        Matcher image = IMAGE.matcher(container.getImage());
        require(image.matches() && !image.group("tag").equals("latest"), where, "image with a tag that stays");
        for (String resource : List.of("cpu", "memory")) {
            var resources = container.getResources();
            require(
                    resources != null
                            && resources.getRequests().containsKey(resource)
                            && resources.getLimits().containsKey(resource),
                    where,
                    "requests and limits of " + resource);
        }
        var security = container.getSecurityContext();
        require(
                security != null && Boolean.FALSE.equals(security.getAllowPrivilegeEscalation()),
                where,
                "allowPrivilegeEscalation: false");
        require(
                security != null && Boolean.TRUE.equals(security.getReadOnlyRootFilesystem()),
                where,
                "readOnlyRootFilesystem");
        require(
                security != null
                        && security.getCapabilities() != null
                        && security.getCapabilities().getDrop().contains("ALL")
                        && security.getCapabilities().getAdd().isEmpty(),
                where,
                "capabilities: drop ALL");
        heap(where, container);
        probes(where, container);
        for (EnvVar variable : container.getEnv()) {
            require(
                    variable.getValue() == null
                            || !SECRET_NAME.matcher(variable.getName()).matches(),
                    where,
                    "the secret " + variable.getName() + " in clear");
            if (variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null) {
                require(
                        SECRETS.contains(
                                variable.getValueFrom().getSecretKeyRef().getName()),
                        where,
                        "unknown Secret");
            }
        }
        container.getEnvFrom().stream()
                .filter(source -> source.getConfigMapRef() != null)
                .forEach(source -> require(
                        names(ConfigMap.class).contains(source.getConfigMapRef().getName()),
                        where,
                        "unknown ConfigMap"));
    }

    private void heap(String where, Container container) {
        for (EnvVar variable : container.getEnv()) {
            if (variable.getName().equals("SIGHTLINE_HEAP")) {
                Matcher heap = HEAP.matcher(variable.getValue());
                require(heap.matches(), where, "SIGHTLINE_HEAP such as 5g");
                Quantity memory = container.getResources().getLimits().get("memory");
                if (heap.matches() && memory != null) {
                    double bytes =
                            Long.parseLong(heap.group(1)) * (heap.group(2).equals("g") ? 1L << 30 : 1L << 20);
                    double limit = Quantity.getAmountInBytes(memory).doubleValue();
                    require(bytes <= LARGEST_HEAP_SHARE * limit, where, "a heap that its limit of memory has room for");
                    require(
                            memory.equals(container.getResources().getRequests().get("memory")),
                            where,
                            "memory requested in full: the heap is taken at the start");
                }
                return;
            }
        }
        require(!startsSightline(container), where, "SIGHTLINE_HEAP");
    }

    private static boolean startsSightline(Container container) {
        return container.getImage().contains("sightline:")
                && container.getCommand().isEmpty();
    }

    private void probes(String where, Container container) {
        Set<String> ports =
                container.getPorts().stream().map(ContainerPort::getName).collect(Collectors.toSet());
        if (ports.isEmpty()) {
            return;
        }
        for (Probe probe : Stream.of(
                        container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe())
                .filter(Objects::nonNull)
                .toList()) {
            IntOrString port = probe.getHttpGet() != null
                    ? probe.getHttpGet().getPort()
                    : probe.getTcpSocket().getPort();
            require(ports.contains(port.getStrVal()), where, "a probe of a port that is there");
        }
        require(container.getStartupProbe() != null, where, "startupProbe");
        require(container.getLivenessProbe() != null, where, "livenessProbe");
        require(container.getReadinessProbe() != null, where, "readinessProbe");
    }

    private void statefulSet(StatefulSet set) {
        String where = set.getMetadata().getName();
        PodSpec spec = set.getSpec().getTemplate().getSpec();
        Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
        long longestWait = Long.parseLong(ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT.getDefaultValue());
        require(
                spec.getTerminationGracePeriodSeconds() >= longestWait + SIGTERM_TO_JVM_END_SECONDS,
                where,
                "terminationGracePeriodSeconds longer than a member may take to hand its grid partitions over");
        require(!spec.getTopologySpreadConstraints().isEmpty(), where, "topologySpreadConstraints");
        spec.getTopologySpreadConstraints()
                .forEach(spread -> require(
                        labels.entrySet()
                                .containsAll(spread.getLabelSelector()
                                        .getMatchLabels()
                                        .entrySet()),
                        where,
                        "topologySpreadConstraints of its own pods"));
        require(disruptions(labels).equals(Set.of(1)), where, "a PodDisruptionBudget with maxUnavailable 1");
        require(
                all(Service.class).stream()
                        .anyMatch(service -> service.getMetadata()
                                        .getName()
                                        .equals(set.getSpec().getServiceName())
                                && "None".equals(service.getSpec().getClusterIP())
                                && isTrue(service.getSpec().getPublishNotReadyAddresses())
                                && labels.entrySet()
                                        .containsAll(
                                                service.getSpec().getSelector().entrySet())),
                where,
                "a headless service that also leads to members that are not ready");
        require(
                argument(spec.getContainers(), "--service-dns")
                        .equals(List.of(set.getSpec().getServiceName())),
                where,
                "--service-dns with its headless service");
        List<Container> jobs = pods.stream()
                .filter(pod -> "pipeline".equals(pod.labels().get(COMPONENT)))
                .flatMap(pod -> pod.containers().stream())
                .toList();
        require(
                argument(jobs, "--members")
                        .equals(List.of(String.valueOf(set.getSpec().getReplicas()))),
                where,
                "a pipeline's Job that waits for all its members");
    }

    private static List<String> argument(List<Container> containers, String option) {
        return containers.stream()
                .flatMap(container -> container.getArgs().stream())
                .filter(argument -> argument.startsWith(option + "="))
                .map(argument -> argument.substring(option.length() + 1))
                .toList();
    }

    private Set<Integer> disruptions(Map<String, String> labels) {
        return all(PodDisruptionBudget.class).stream()
                .filter(budget -> labels.entrySet()
                        .containsAll(
                                budget.getSpec().getSelector().getMatchLabels().entrySet()))
                .map(budget -> budget.getSpec().getMaxUnavailable())
                .filter(Objects::nonNull)
                .map(IntOrString::getIntVal)
                .collect(Collectors.toSet());
    }

    private void deployment(Deployment deployment) {
        String where = deployment.getMetadata().getName();
        boolean scaled = all(HorizontalPodAutoscaler.class).stream()
                .anyMatch(
                        scaler -> scaler.getSpec().getScaleTargetRef().getName().equals(where));
        require(
                scaled == (deployment.getSpec().getReplicas() == null),
                where,
                "replicas, or an autoscaler that sets them");
        if (scaled) {
            require(
                    disruptions(deployment.getSpec().getTemplate().getMetadata().getLabels())
                            .equals(Set.of(1)),
                    where,
                    "a PodDisruptionBudget with maxUnavailable 1");
        }
    }

    private void service(Service service) {
        String where = service.getMetadata().getName();
        List<Pod> selected = pods.stream()
                .filter(pod -> pod.isSelectedBy(service.getSpec().getSelector()))
                .toList();
        require(!selected.isEmpty(), where, "a selector that selects something");
        for (ServicePort port : service.getSpec().getPorts()) {
            require(
                    selected.stream()
                            .allMatch(pod -> pod.containers().stream()
                                    .flatMap(container -> container.getPorts().stream())
                                    .anyMatch(there -> there.getName()
                                            .equals(port.getTargetPort().getStrVal()))),
                    where,
                    "a target port that its pods have");
        }
    }

    private void networkPolicies() {
        List<NetworkPolicy> policies = all(NetworkPolicy.class);
        require(policies.stream().anyMatch(Rules::deniesAll), "NetworkPolicy", "one that denies all");
        for (NetworkPolicy policy : policies) {
            String where = "NetworkPolicy " + policy.getMetadata().getName();
            require(!policy.getSpec().getPolicyTypes().isEmpty(), where, "policyTypes");
            for (NetworkPolicyIngressRule rule : policy.getSpec().getIngress()) {
                require(!rule.getPorts().isEmpty(), where, "ports");
                if (opensGrid(rule)) {
                    require(
                            Set.of(COMPONENT + "=member").equals(selector(policy))
                                    && !rule.getFrom().isEmpty(),
                            where,
                            "the grid's port of members alone, for those who are named");
                    require(from(rule).equals(GRID_CLIENTS), where, "the grid's port for " + GRID_CLIENTS + " alone");
                }
            }
        }
        require(
                policies.stream()
                                .flatMap(policy -> policy.getSpec().getIngress().stream())
                                .filter(Rules::opensGrid)
                                .count()
                        == 1,
                "NetworkPolicy",
                "one, and no more, that opens the grid's port");
    }

    private static boolean deniesAll(NetworkPolicy policy) {
        var spec = policy.getSpec();
        return spec.getPodSelector().getMatchLabels().isEmpty()
                && spec.getPodSelector().getMatchExpressions().isEmpty()
                && Set.copyOf(spec.getPolicyTypes()).equals(Set.of("Ingress", "Egress"))
                && spec.getIngress().isEmpty()
                && spec.getEgress().isEmpty();
    }

    private static boolean opensGrid(NetworkPolicyIngressRule rule) {
        return rule.getPorts().isEmpty()
                || rule.getPorts().stream()
                        .anyMatch(port -> port.getPort() == null
                                || port.getPort().getStrVal() != null
                                || port.getEndPort() != null
                                || port.getPort().getIntVal() == GRID_PORT);
    }

    private static Set<String> selector(NetworkPolicy policy) {
        return policy.getSpec().getPodSelector().getMatchLabels().entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.toSet());
    }

    /** The components of this namespace that a rule names; another word for whatever else it lets in. */
    private static Set<String> from(NetworkPolicyIngressRule rule) {
        return rule.getFrom().stream().map(Rules::component).collect(Collectors.toSet());
    }

    private static String component(NetworkPolicyPeer peer) {
        boolean here =
                peer.getNamespaceSelector() == null && peer.getIpBlock() == null && peer.getPodSelector() != null;
        String component = here ? peer.getPodSelector().getMatchLabels().get(COMPONENT) : null;
        return component == null || peer.getPodSelector().getMatchLabels().size() != 1 ? "somebody else" : component;
    }

    private void namespace() {
        require(
                all(Namespace.class).stream()
                        .anyMatch(namespace -> "restricted"
                                .equals(namespace.getMetadata().getLabels().get("pod-security.kubernetes.io/enforce"))),
                "Namespace",
                "pod security restricted, enforced");
    }

    private void secrets() {
        for (Manifest manifest : manifests) {
            require(!manifest.kind().endsWith("/Secret"), manifest.name(), "a Secret in clear");
        }
        for (ConfigMap map : all(ConfigMap.class)) {
            Map<String, String> data = map.getData() == null ? Map.of() : map.getData();
            data.forEach((key, value) -> require(
                    !SECRET_VALUE.matcher(value).find(),
                    map.getMetadata().getName() + ", " + key,
                    "a secret in clear"));
        }
    }

    private Set<String> names(Class<?> kind) {
        return manifests.stream()
                .filter(manifest -> kind.isInstance(manifest.typed()))
                .map(Manifest::name)
                .collect(Collectors.toSet());
    }

    private static boolean isTrue(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }

    private static boolean isPositive(@Nullable Long value) {
        return value != null && value > 0;
    }
}
