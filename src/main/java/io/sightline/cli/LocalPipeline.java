package io.sightline.cli;

import io.sightline.spec.EnrichSpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.nio.file.Path;
import java.util.List;

/** A pipeline file's pipeline, led to a broker and reference data of this machine. */
final class LocalPipeline {
    private LocalPipeline() {}

    /** The same pipeline over a topic of a broker on this machine, read from its beginning. */
    static PipelineSpec at(PipelineSpec spec, String bootstrapServers, String topic) {
        SourceSpec source = new SourceSpec(
                topic,
                new Setting(bootstrapServers),
                SourceSpec.Profile.KAFKA,
                new SourceSpec.Start.Earliest(),
                0,
                spec.source().idleTimeout(),
                null);
        return spec.withSource(source);
    }

    /** The same pipeline with all its reference data from one file. */
    static PipelineSpec withReference(PipelineSpec spec, Path file) {
        Setting from = new Setting(file.toAbsolutePath().toString());
        List<EnrichSpec> enrich =
                spec.enrich().stream().map(one -> one.withFrom(from)).toList();
        return spec.withEnrich(enrich);
    }
}
