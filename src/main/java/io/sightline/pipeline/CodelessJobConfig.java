package io.sightline.pipeline;

import com.hazelcast.jet.config.JobConfig;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a pipeline's job, which takes no code along. The members have every class already, and serializers
 * and entry processors would not be found in a job's own classes anyway; so members need not accept code from clients,
 * which would let anybody who reaches their port run anything.
 *
 * <p>{@code hz-cli submit} adds its jar to every job that it is handed, and its {@code -n} as the name: the first is left
 * out here, the second is refused. Members read it as a plain {@link JobConfig}.
 */
final class CodelessJobConfig extends JobConfig {

    CodelessJobConfig(String pipeline) {
        super.setName(pipeline);
    }

    @Override
    public JobConfig addJar(String path) {
        return this;
    }

    /** @throws SubmissionException if it is another name than the pipeline's, by which everything finds the job */
    @Override
    public JobConfig setName(@Nullable String name) {
        String pipeline = String.valueOf(getName());
        if (!pipeline.equals(name)) {
            throw SubmissionException.otherJobName(pipeline, String.valueOf(name));
        }
        return this;
    }
}
