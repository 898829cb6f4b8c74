package io.sightline.k8s;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.Serial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One object of a YAML file, all of whose fields are known.
 *
 * @param where the file, or the folder it was rendered from
 * @param kind {@code apiVersion/kind}
 * @param typed of the class of its kind in Kubernetes' model; for a custom kind, a map
 */
record Manifest(String where, String kind, String name, Object typed) {
    private static final Map<String, Class<?>> KINDS = Map.ofEntries(
            Map.entry("v1/Namespace", Namespace.class),
            Map.entry("v1/ServiceAccount", ServiceAccount.class),
            Map.entry("v1/Service", Service.class),
            Map.entry("v1/ConfigMap", ConfigMap.class),
            Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("apps/v1/StatefulSet", StatefulSet.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("batch/v1/Job", Job.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class));

    private static final ObjectMapper STRICT = strict();

    /**
     * All objects of a file.
     *
     * @throws IllegalArgumentException if one is of a kind that is not expected here, or has a field that its kind has not
     */
    static List<Manifest> read(String where, String yaml) {
        List<Manifest> manifests = new ArrayList<>();
        for (Map<?, ?> document : documents(yaml)) {
            manifests.add(of(where, document));
        }
        return manifests;
    }

    private static Manifest of(String where, Map<?, ?> document) {
        String kind = document.get("apiVersion") + "/" + document.get("kind");
        Object metadata = document.get("metadata");
        String name = metadata instanceof Map<?, ?> named ? String.valueOf(named.get("name")) : "";
        Class<?> known = KINDS.get(kind);
        try {
            if (known == null) {
                CustomKinds.check(kind, document);
                return new Manifest(where, kind, name, document);
            }
            return new Manifest(where, kind, name, STRICT.convertValue(withoutDirectives(document), known));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + kind + " " + name + ": " + e.getMessage(), e);
        }
    }

    /** The documents of a file, as plain maps. */
    static List<Map<?, ?>> documents(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<Map<?, ?>> documents = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
            if (!(document instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException("a document that is no mapping: " + document);
            }
            documents.add(map);
        }
        return documents;
    }

    /** Without what a strategic merge patch says to Kustomize. */
    private static Object withoutDirectives(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> plain = new LinkedHashMap<>();
            map.forEach((key, inner) -> {
                if (!"$patch".equals(key)) {
                    plain.put(key, inner == null ? null : withoutDirectives(inner));
                }
            });
            return plain;
        }
        return value instanceof List<?> list
                ? list.stream().map(Manifest::withoutDirectives).toList()
                : value;
    }

    /** The model keeps what it does not know; here that is an error, and so is a number where text belongs, or the reverse. */
    private static ObjectMapper strict() {
        ObjectMapper mapper = JsonMapper.builder()
                .annotationIntrospector(new JacksonAnnotationIntrospector() {
                    @Serial
                    private static final long serialVersionUID = 1;

                    @Override
                    public Boolean hasAnySetter(Annotated annotated) {
                        return false;
                    }
                })
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        mapper.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        return mapper;
    }
}
