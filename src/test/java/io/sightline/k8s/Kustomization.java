package io.sightline.k8s;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder with a {@code kustomization.yaml}, as it lies there: what it names, before Kustomize has made anything of it. */
record Kustomization(Path folder, Map<?, ?> yaml) {
    private static final String FILE = "kustomization.yaml";

    static Kustomization of(Path folder) {
        List<Map<?, ?>> documents = Manifest.documents(text(folder.resolve(FILE)));
        return new Kustomization(folder.normalize(), documents.get(0));
    }

    /** Those of the project: of {@code k8s}, and of the folders that are used from there. */
    static List<Kustomization> all() {
        return Stream.of("k8s", "pipelines", "dashboards")
                .flatMap(folder -> filesBelow(folder).stream())
                .filter(file -> file.endsWith(FILE))
                .sorted()
                .map(file -> of(file.resolveSibling("")))
                .toList();
    }

    static List<Path> filesBelow(String folder) {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of objects that it names, but for those of other kustomizations. */
    List<Path> resources() {
        return named("resources").filter(Files::isRegularFile).toList();
    }

    List<Path> patches() {
        List<Path> paths = new ArrayList<>();
        for (Object patch : list(yaml, "patches")) {
            paths.add(folder.resolve(String.valueOf(((Map<?, ?>) patch).get("path"))));
        }
        return paths;
    }

    /** The files that ConfigMaps are made from. */
    List<Path> configured() {
        return list(yaml, "configMapGenerator").stream()
                .map(map -> (Map<?, ?>) map)
                .flatMap(map -> Stream.concat(list(map, "files").stream(), list(map, "envs").stream()))
                .map(file -> folder.resolve(afterEquals(file)))
                .toList();
    }

    /** Its objects and those of the kustomizations it names, unpatched, with ConfigMaps under their names without a hash. */
    List<Manifest> unrendered() {
        List<Manifest> manifests = new ArrayList<>();
        resources().forEach(file -> manifests.addAll(Manifest.read(file.toString(), text(file))));
        named("resources")
                .filter(Files::isDirectory)
                .forEach(other -> manifests.addAll(of(other).unrendered()));
        for (Object generator : list(yaml, "configMapGenerator")) {
            Map<?, ?> map = (Map<?, ?>) generator;
            String name = String.valueOf(map.get("name"));
            Map<String, String> data = new LinkedHashMap<>();
            for (Object file : list(map, "files")) {
                data.put(afterEquals(file), text(folder.resolve(afterEquals(file))));
            }
            for (Object literal : list(map, "literals")) {
                data.put(String.valueOf(literal), afterEquals(literal));
            }
            manifests.add(new Manifest(
                    folder.toString(),
                    "v1/ConfigMap",
                    name,
                    new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .withData(data)
                            .build()));
        }
        return manifests;
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    private Stream<Path> named(String what) {
        return list(yaml, what).stream()
                .map(path -> folder.resolve(String.valueOf(path)).normalize());
    }

    private static List<?> list(Map<?, ?> map, String key) {
        return map.get(key) instanceof List<?> list ? list : List.of();
    }

    private static String afterEquals(Object text) {
        return String.valueOf(text).replaceFirst("^[^=]*=", "");
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
