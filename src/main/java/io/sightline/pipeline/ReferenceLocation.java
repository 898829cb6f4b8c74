package io.sightline.pipeline;

import io.sightline.enrich.LocalFiles;
import io.sightline.enrich.ReferenceStorage;
import io.sightline.enrich.hadoop.StoredFiles;
import io.sightline.history.delta.AzureStorage;
import io.sightline.history.delta.TableFolder;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.Environment;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;

/** Where a pipeline's reference data lies, as this process resolves the pipeline file's references. */
final class ReferenceLocation {
    private ReferenceLocation() {}

    static ReferenceStorage of(PipelineSpec spec, EnrichSpec reference) {
        Environment environment = Environment.ofThisProcess();
        String from = reference.from().resolve(environment);
        if (!from.contains("://")) {
            return new LocalFiles(Path.of(from));
        }
        TableFolder folder = TableFolder.of(from, AzureStorage.options(spec.storage(), environment));
        return new StoredFiles(folder.path(), folder.configuration());
    }
}
