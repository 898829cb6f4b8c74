package io.sightline.grid;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.ManagementCenterConfig;
import com.hazelcast.config.YamlConfigBuilder;
import java.io.FileNotFoundException;
import org.junit.jupiter.api.Test;

class MemberConfigTest {
    @Test
    void noClientAndNoConsoleBringsCodeOrWritesToMaps() throws FileNotFoundException {
        // When
        Config config = new YamlConfigBuilder("grid-config/member.yaml").build();

        // Then
        ManagementCenterConfig managementCenter = config.getManagementCenterConfig();
        assertThat(managementCenter.isScriptingEnabled()).isFalse();
        assertThat(managementCenter.isConsoleEnabled()).isFalse();
        assertThat(config.getJetConfig().isResourceUploadEnabled()).isFalse();
        assertThat(config.getNetworkConfig().getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
    }
}
