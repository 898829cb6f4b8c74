package io.sightline.k8s;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The pods that a manifest makes. */
record Pod(String owner, Map<String, String> labels, PodSpec spec) {
    static List<Pod> of(List<Manifest> manifests) {
        return manifests.stream().flatMap(Pod::of).toList();
    }

    private static Stream<Pod> of(Manifest manifest) {
        if (manifest.typed() instanceof StatefulSet set) {
            return Stream.of(of(manifest, set.getSpec().getTemplate()));
        }
        if (manifest.typed() instanceof Deployment deployment) {
            return Stream.of(of(manifest, deployment.getSpec().getTemplate()));
        }
        if (manifest.typed() instanceof Job job) {
            return Stream.of(of(manifest, job.getSpec().getTemplate()));
        }
        return Stream.of();
    }

    private static Pod of(Manifest manifest, PodTemplateSpec template) {
        // A patch may leave the labels out.
        Map<String, String> labels = template.getMetadata() == null
                ? Map.of()
                : template.getMetadata().getLabels();
        return new Pod(manifest.name(), labels, template.getSpec());
    }

    /** Those beside and before the others, too. */
    List<Container> containers() {
        return Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream())
                .toList();
    }

    /** Whether a selector of labels finds it. */
    boolean isSelectedBy(Map<String, String> selector) {
        return labels.entrySet().containsAll(selector.entrySet());
    }
}
