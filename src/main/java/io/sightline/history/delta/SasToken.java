package io.sightline.history.delta;

import io.sightline.spec.Environment;
import io.sightline.spec.Setting;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.azurebfs.extensions.SASTokenProvider;

/** The shared access signature of a pipeline file, read again for each request: a new one holds without a restart. Made by Hadoop. */
public final class SasToken implements SASTokenProvider {
    /** The signature as the pipeline file has it: a reference. */
    static final String SETTING = "sightline.storage.sas-token";

    private Setting setting = new Setting("");

    @Override
    public void initialize(Configuration configuration, String accountName) {
        setting = new Setting(configuration.get(SETTING));
    }

    @Override
    public String getSASToken(String account, String fileSystem, String path, String operation) throws IOException {
        String token = setting.resolve(Environment.ofThisProcess(), "storage.sas-token");
        return token.startsWith("?") ? token.substring(1) : token;
    }
}
