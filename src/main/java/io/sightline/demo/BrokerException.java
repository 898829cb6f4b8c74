package io.sightline.demo;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The demo's broker could not be started or used. The message says what to do. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static BrokerException portTaken(int port, @Nullable Throwable cause) {
        return new BrokerException(
                "port " + port + " on " + Broker.HOST + " is taken; stop the program that listens there or give the "
                        + "broker another port",
                cause);
    }

    static BrokerException cannotStart(Path log, @Nullable Throwable cause) {
        return new BrokerException("the broker's process cannot be started; its log is " + log, cause);
    }

    static BrokerException died(int exitCode, Path log, String lastLines) {
        return new BrokerException(
                "the broker stopped with exit code " + exitCode + " before it was ready; the end of its log " + log
                        + ":\n" + lastLines,
                null);
    }

    static BrokerException notReady(Duration waited, Path log) {
        return new BrokerException(
                "the broker is not ready after " + waited.toSeconds() + " s; its log is " + log
                        + "; give the machine more time or memory and start again",
                null);
    }

    static BrokerException noTopic(String topic, String bootstrapServers, @Nullable Throwable cause) {
        return new BrokerException(
                "topic `" + topic + "` does not exist on the broker at " + bootstrapServers
                        + "; create it, or name another with --topic",
                cause);
    }

    static BrokerException noAnswer(String bootstrapServers, @Nullable Throwable cause) {
        String why = cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")";
        return new BrokerException(
                "no broker answers at " + bootstrapServers + why
                        + "; start one, or name another with --bootstrap-servers",
                cause);
    }

    static BrokerException refused(String what, @Nullable Throwable cause) {
        String why = cause == null ? "" : ": " + cause.getMessage();
        return new BrokerException("the broker cannot " + what + why, cause);
    }
}
