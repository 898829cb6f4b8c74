package io.sightline.spec;

import static io.sightline.spec.PipelineFormat.*;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of Azure storage: paths are whole, and there is one way to reach them. */
final class StorageRules {
    private static final Pattern AZURE = Pattern.compile("abfss?:.*");
    private static final Pattern WHOLE =
            Pattern.compile("abfss?://[a-z0-9$][a-z0-9-]{1,62}@[a-z0-9]{3,24}\\.dfs\\.[a-z0-9.]+/.+");
    private static final String ACCEPTED = "abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/FOLDER";

    private StorageRules() {}

    static void check(Place file, Problems problems) {
        List<Place> azure = new ArrayList<>();
        azure.add(file.at(HISTORY).at(TABLE));
        file.at(ENRICH).items().forEach(reference -> azure.add(reference.at(FROM)));
        azure.removeIf(path -> !isAzure(path.text()));
        azure.forEach(path -> pathIsWhole(path, problems));
        Place storage = file.at(STORAGE);
        if (storage.isMapping()) {
            oneWayIn(storage, problems);
        } else if (storage.isAbsent() && !azure.isEmpty()) {
            problems.add(
                    azure.get(0),
                    azure.get(0).text(),
                    "cannot be reached without a section `storage`",
                    "a local path, or a section `storage` with identity, account-key or sas-token",
                    "write `storage: {identity: workload}` at the end of the file");
        }
    }

    /** Whether a path is on Azure storage. */
    static boolean isAzure(@Nullable String path) {
        return path != null && AZURE.matcher(path).matches();
    }

    private static void pathIsWhole(Place path, Problems problems) {
        String text = path.requiredText();
        if (!text.contains("${") && !WHOLE.matcher(text).matches()) {
            problems.add(path, text, "a path on Azure storage with a part missing or misspelt", ACCEPTED, null);
        }
    }

    private static void oneWayIn(Place storage, Problems problems) {
        List<String> given = Stream.of(STORAGE_IDENTITY, ACCOUNT_KEY, SAS_TOKEN)
                .filter(key -> !storage.at(key).isAbsent())
                .map(Key::name)
                .toList();
        if (given.size() != 1) {
            problems.add(
                    storage,
                    null,
                    given.isEmpty() ? "says no way in" : "says several ways in: " + String.join(", ", given),
                    "one of identity, account-key and sas-token",
                    null);
        }
    }
}
