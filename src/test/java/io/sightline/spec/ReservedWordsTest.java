package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReservedWordsTest {
    private static final String CALCITE = "com.hazelcast.shaded.org.apache.calcite.sql.parser.";

    @Test
    void areThoseOfTheSqlParser() throws Exception {
        // Given: the parser, by reflection, since no class of the project knows it
        Object factory = Class.forName("com.hazelcast.jet.sql.impl.calcite.parser.HazelcastSqlParser")
                .getField("FACTORY")
                .get(null);
        Class<?> config = Class.forName(CALCITE + "SqlParser$Config");
        Class<?> factoryType = Class.forName(CALCITE + "SqlParserImplFactory");
        Class<?> parser = Class.forName(CALCITE + "SqlParser");
        Object defaults = parser.getMethod("config").invoke(null);
        Object ours = config.getMethod("withParserFactory", factoryType).invoke(defaults, factory);
        Object instance = parser.getMethod("create", String.class, config).invoke(null, "", ours);
        Object metadata = parser.getMethod("getMetadata").invoke(instance);
        Class<?> metadataType = Class.forName(CALCITE + "SqlAbstractParserImpl$Metadata");
        Method isReserved = metadataType.getMethod("isReservedWord", String.class);

        // When
        Set<String> reserved = new TreeSet<>();
        for (Object token : (Iterable<?>) metadataType.getMethod("getTokens").invoke(metadata)) {
            String word = token.toString();
            if (word.matches("[A-Z][A-Z0-9_]*") && (Boolean) isReserved.invoke(metadata, word)) {
                reserved.add(word.toLowerCase(Locale.ROOT));
            }
        }

        // Then
        assertThat(new TreeSet<>(ReservedWords.ALL)).isEqualTo(reserved);
    }
}
