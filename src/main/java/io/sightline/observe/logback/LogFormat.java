package io.sightline.observe.logback;

import ch.qos.logback.core.PropertyDefinerBase;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How lines are written: {@code text} or {@code json}, as the variable {@value #VARIABLE} says; else {@code json} in a pod of
 * Kubernetes, where programs read them, and {@code text} everywhere else. A word that is neither is taken for {@code text}.
 */
public final class LogFormat extends PropertyDefinerBase {
    static final String VARIABLE = "SIGHTLINE_LOG_FORMAT";
    private static final String SET_IN_PODS = "KUBERNETES_SERVICE_HOST";
    private static final String JSON = "json";
    private static final String TEXT = "text";

    @Override
    public String getPropertyValue() {
        return of(System::getenv);
    }

    static String of(UnaryOperator<@Nullable String> environment) {
        String wanted = environment.apply(VARIABLE);
        if (wanted == null) {
            return environment.apply(SET_IN_PODS) == null ? TEXT : JSON;
        }
        return wanted.equals(JSON) ? JSON : TEXT;
    }
}
