package io.sightline.k8s;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The fields that we use of kinds which Kubernetes itself does not have; {@code *} stands for any name. */
final class CustomKinds {
    private static final Set<String> METADATA =
            Set.of("apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*");

    private static final Set<String> POD_MONITOR = Set.of(
            "spec.selector.matchLabels.*",
            "spec.podMetricsEndpoints[].port",
            "spec.podMetricsEndpoints[].path",
            "spec.podMetricsEndpoints[].interval");

    private static final Map<String, Set<String>> FIELDS = Map.of(
            "monitoring.coreos.com/v1/PodMonitor",
            POD_MONITOR,
            "azmonitoring.coreos.com/v1/PodMonitor",
            POD_MONITOR,
            "monitoring.coreos.com/v1/PrometheusRule",
            Set.of(
                    "spec.groups[].name",
                    "spec.groups[].rules[].alert",
                    "spec.groups[].rules[].expr",
                    "spec.groups[].rules[].for",
                    "spec.groups[].rules[].labels.*",
                    "spec.groups[].rules[].annotations.*"),
            "secrets-store.csi.x-k8s.io/v1/SecretProviderClass",
            Set.of(
                    "spec.provider",
                    "spec.parameters.usePodIdentity",
                    "spec.parameters.clientID",
                    "spec.parameters.tenantId",
                    "spec.parameters.keyvaultName",
                    "spec.parameters.objects"),
            "kustomize.config.k8s.io/v1beta1/Kustomization",
            Set.of(
                    "namespace",
                    "resources[]",
                    "configMapGenerator[].name",
                    "configMapGenerator[].behavior",
                    "configMapGenerator[].files[]",
                    "configMapGenerator[].literals[]",
                    "configMapGenerator[].envs[]",
                    "configMapGenerator[].options.disableNameSuffixHash",
                    "configMapGenerator[].options.labels.*",
                    "configMapGenerator[].options.annotations.*",
                    "labels[].pairs.*",
                    "labels[].includeTemplates",
                    "patches[].path",
                    "replacements[].source.kind",
                    "replacements[].source.name",
                    "replacements[].source.fieldPath",
                    "replacements[].targets[].select.kind",
                    "replacements[].targets[].select.name",
                    "replacements[].targets[].fieldPaths[]"));

    private CustomKinds() {}

    /** @throws IllegalArgumentException if the kind is unknown, or has other fields */
    static void check(String kind, Map<?, ?> document) {
        Set<String> known = FIELDS.get(kind);
        if (known == null) {
            throw new IllegalArgumentException("an unknown kind; if it is meant, say in "
                    + Manifest.class.getSimpleName() + " or " + CustomKinds.class.getSimpleName() + " what it has");
        }
        Set<String> used = new TreeSet<>();
        leaves("", document).forEach(used::add);
        Set<String> unknown = used.stream()
                .filter(field ->
                        Stream.concat(known.stream(), METADATA.stream()).noneMatch(allowed -> fits(field, allowed)))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown fields " + unknown);
        }
    }

    private static boolean fits(String field, String allowed) {
        return allowed.endsWith("*")
                ? field.startsWith(allowed.substring(0, allowed.length() - 1))
                : field.equals(allowed);
    }

    private static Stream<String> leaves(String path, Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .flatMap(entry -> leaves(
                            path.isEmpty() ? String.valueOf(entry.getKey()) : path + "." + entry.getKey(),
                            entry.getValue()));
        }
        return value instanceof List<?> list
                ? list.stream().flatMap(item -> leaves(path + "[]", item))
                : Stream.of(path);
    }
}
