package io.sightline.spec;

import java.io.IOException;
import java.io.Serializable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A value of a pipeline file that may hold references: {@code ${env:NAME}}, {@code ${env:NAME:-default}} and
 * {@code ${file:PATH}}. It is kept as written and resolved only where it is used, on the member, so that no secret
 * travels inside a job. Prints as written, which holds no secret as long as the file holds none; what looks like a
 * secret prints as {@code [REDACTED]}.
 */
public record Setting(String raw) implements Serializable {

    /** @throws IllegalArgumentException if a reference in it is malformed */
    public Setting {
        SettingPart.parse(raw);
    }

    /**
     * The value with every reference replaced: by the variable, or the default where that is unset or empty; by the
     * file's text without its last line break. What a reference brings in is not looked at for further references.
     *
     * @throws UnresolvedSettingException if a variable without a default is unset or empty, or a file cannot be read
     */
    public String resolve(Environment environment) {
        return resolve(environment, null);
    }

    /** As {@link #resolve(Environment)}; an error names this path of the pipeline file as well. */
    public String resolve(Environment environment, @Nullable String path) {
        return SettingPart.parse(raw).stream()
                .map(part -> resolve(part, environment, path))
                .collect(Collectors.joining());
    }

    private static String resolve(SettingPart part, Environment environment, @Nullable String path) {
        if (part instanceof SettingPart.Variable variable) {
            String value = environment.variable(variable.name());
            if (value != null && !value.isEmpty()) {
                return value;
            }
            if (variable.byDefault() == null) {
                throw UnresolvedSettingException.variableNotSet(variable, path);
            }
            return variable.byDefault();
        }
        if (part instanceof SettingPart.File file) {
            try {
                return withoutLastLineBreak(environment.file(file.path()));
            } catch (IOException e) {
                throw UnresolvedSettingException.fileNotRead(file, path, e);
            }
        }
        return part.written();
    }

    private static String withoutLastLineBreak(String text) {
        if (text.endsWith("\r\n")) {
            return text.substring(0, text.length() - 2);
        }
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public String toString() {
        return Secrets.redact(raw);
    }
}
