package io.sightline.spec;

import static io.sightline.spec.PipelineFormat.*;

import io.sightline.event.Column;
import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.event.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tree to records, for a tree in which {@link ShapeCheck} and {@link CrossCheck} have found no problem. */
final class SpecReader {
    private SpecReader() {}

    static PipelineSpec read(Place file) {
        return new PipelineSpec(
                file.at(PIPELINE).requiredText(),
                source(file.at(SOURCE_KEY)),
                event(file.at(EVENT_KEY)),
                deduplicate(file.at(DEDUPLICATE_KEY)),
                file.at(ENRICH).items().stream().map(SpecReader::enrichment).toList(),
                hotWindow(file.at(HOT_WINDOW)),
                file.at(ROLLUPS).items().stream().map(SpecReader::rollup).toList(),
                history(file.at(HISTORY)),
                storage(file.at(STORAGE)));
    }

    private static SourceSpec source(Place source) {
        SourceSpec.Start start = SourceRules.startOf(source.at(START).requiredText());
        if (start == null) {
            throw new IllegalStateException("no start at " + source.at(START).path());
        }
        return new SourceSpec(
                source.at(TOPIC).requiredText(),
                new Setting(source.at(BOOTSTRAP_SERVERS).requiredText()),
                profile(source.at(PROFILE).requiredText()),
                start,
                Integer.parseInt(source.at(PARTITIONS_FROM).requiredText()),
                source.at(IDLE_TIMEOUT).requiredDuration(),
                access(source));
    }

    private static SourceSpec.@Nullable Access access(Place source) {
        String secret = source.at(CONNECTION_STRING).text();
        if (secret != null) {
            return new SourceSpec.ConnectionString(new Setting(secret));
        }
        String identity = source.at(IDENTITY).text();
        return identity == null ? null : SourceSpec.Identity.valueOf(identity.toUpperCase(Locale.ROOT));
    }

    private static SourceSpec.Profile profile(String text) {
        return text.equals("event-hubs") ? SourceSpec.Profile.EVENT_HUBS : SourceSpec.Profile.KAFKA;
    }

    private static EventSpec event(Place event) {
        List<Field> fields = event.at(FIELDS).entries().stream()
                .map(entry -> field(entry.name(), entry.place()))
                .toList();
        return new EventSpec(
                new Schema(fields, event.at(TIME).requiredText()),
                event.at(UNKNOWN_FIELDS).requiredText().equals("keep"),
                event.at(PLAUSIBLE).at(AHEAD).requiredDuration(),
                event.at(PLAUSIBLE).at(BEHIND).requiredDuration());
    }

    private static Field field(String name, Place place) {
        if (!place.isMapping()) {
            return Field.of(name, type(place), false);
        }
        boolean required = Boolean.parseBoolean(place.at(FIELD_REQUIRED).requiredText());
        String pointer = place.at(FIELD_FROM).text();
        FieldType type = type(place.at(FIELD_TYPE));
        return pointer == null ? Field.of(name, type, required) : new Field(name, type, required, pointer);
    }

    private static FieldType type(Place place) {
        return FieldType.ofYamlName(place.requiredText()).orElseThrow();
    }

    private static DeduplicateSpec deduplicate(Place deduplicate) {
        return new DeduplicateSpec(
                deduplicate.at(KEY).texts(),
                deduplicate.at(OTHERWISE).texts(),
                deduplicate.at(HORIZON).requiredDuration());
    }

    private static EnrichSpec enrichment(Place reference) {
        List<Column> add = new ArrayList<>();
        reference.at(ADD).texts().forEach(name -> add.add(new Column(name, FieldType.STRING)));
        reference.at(ADD).entries().forEach(entry -> add.add(new Column(entry.name(), type(entry.place()))));
        return new EnrichSpec(
                reference.at(REFERENCE).requiredText(),
                new Setting(reference.at(FROM).requiredText()),
                reference.at(JOIN_KEY).requiredText(),
                add,
                reference.at(REFRESH).requiredDuration());
    }

    private static HotWindowSpec hotWindow(Place hotWindow) {
        return new HotWindowSpec(
                hotWindow.at(HOT_KEEP).requiredDuration(),
                hotWindow.at(INDEX).items().stream().map(Place::texts).toList());
    }

    private static RollupSpec rollup(Place rollup) {
        return new RollupSpec(
                rollup.at(ROLLUP_NAME).requiredText(),
                rollup.at(WINDOW).requiredDuration(),
                rollup.at(BY).texts(),
                rollup.at(CARRY).texts(),
                rollup.at(MEASURES).entries().stream()
                        .map(entry -> measure(entry.name(), entry.place().requiredText()))
                        .toList(),
                rollup.at(CORRECT_FOR).requiredDuration(),
                rollup.at(ROLLUP_KEEP).requiredDuration());
    }

    private static @Nullable HistorySpec history(Place history) {
        return history.isAbsent()
                ? null
                : new HistorySpec(
                        new Setting(history.at(TABLE).requiredText()),
                        history.at(COMMIT_EVERY).requiredDuration(),
                        HistorySpec.Compression.valueOf(
                                history.at(COMPRESSION).requiredText().toUpperCase(Locale.ROOT)),
                        history.at(HISTORY_KEEP).isAbsent()
                                ? null
                                : history.at(HISTORY_KEEP).requiredDuration());
    }

    private static @Nullable StorageSpec storage(Place storage) {
        if (storage.isAbsent()) {
            return null;
        }
        String identity = storage.at(STORAGE_IDENTITY).text();
        return new StorageSpec(
                identity == null ? null : StorageSpec.Identity.valueOf(identity.toUpperCase(Locale.ROOT)),
                setting(storage.at(ACCOUNT_KEY)),
                setting(storage.at(SAS_TOKEN)),
                storage.at(EMULATOR).text());
    }

    private static @Nullable Setting setting(Place place) {
        String text = place.text();
        return text == null ? null : new Setting(text);
    }

    private static RollupSpec.Measure measure(String name, String text) {
        String[] words = text.split(" +", 2);
        @Nullable String column = words.length > 1 ? words[1] : null;
        return new RollupSpec.Measure(name, RollupSpec.Function.valueOf(words[0].toUpperCase(Locale.ROOT)), column);
    }
}
