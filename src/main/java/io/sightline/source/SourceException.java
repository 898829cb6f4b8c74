package io.sightline.source;

import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records cannot be read. The message says where, why and what to do; no secret is in it. Without a stack trace of its
 * own, because the message is all there is to know and a failed job's exception is logged several times over.
 */
public final class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private SourceException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }

    static SourceException badAddress(String bootstrapServers, Throwable cause) {
        return new SourceException(
                "bootstrap-servers `" + bootstrapServers + "` is not an address that can be used: " + rootMessage(cause)
                        + "; expected HOST:PORT, several separated by commas",
                null);
    }

    /** @param needs what has to be right for these credentials to be let in; null of a broker that asks for none */
    static SourceException noAnswer(String bootstrapServers, Duration waited, @Nullable String needs) {
        return new SourceException(
                "no Kafka broker answers at " + bootstrapServers + " within " + waited.toSeconds()
                        + " s; check the address, that the broker runs, "
                        + (needs == null
                                ? "and that its profile (kafka or event-hubs) is the right one"
                                : "and " + needs),
                null);
    }

    static SourceException noTopic(String topic, String bootstrapServers) {
        return new SourceException(
                "topic `" + topic + "` does not exist on the broker at " + bootstrapServers
                        + "; create it or correct source.topic, then submit again",
                null);
    }

    /** @param needs what has to be right for these credentials to be let in; null of a broker that asks for none */
    static SourceException refused(String topic, String bootstrapServers, Throwable cause, @Nullable String needs) {
        Throwable root = root(cause);
        if (root instanceof EntraException) {
            return new SourceException(
                    "topic `" + topic + "` at " + bootstrapServers + " cannot be read: " + root.getMessage(), null);
        }
        return new SourceException(
                "the broker at " + bootstrapServers + " refuses to let topic `" + topic + "` be read: "
                        + rootMessage(cause) + "; check "
                        + (needs == null ? "the credentials and that they may read the topic" : needs),
                null);
    }

    static SourceException failed(String topic, String bootstrapServers, Throwable cause) {
        return new SourceException(
                "topic `" + topic + "` cannot be used on the broker at " + bootstrapServers + ": " + rootMessage(cause),
                cause);
    }

    /** @param numbered how many topic partitions have a number, with those of topics before */
    static SourceException topicMadeAnew(String topic, int partition, long end, long progress, int numbered) {
        return new SourceException(
                "topic partition " + partition + " of `" + topic + "` ends at offset " + end
                        + ", but the history has read up to " + progress
                        + ": the topic was made anew, or this is another broker; correct the source, or go on in the same"
                        + " table with source.partitions-from: " + numbered + ", or name a new one in history.table",
                null);
    }

    static SourceException droppedMeanwhile(String topic, Collection<TopicPartition> partitions) {
        return new SourceException(
                "the broker has dropped records of `" + topic + "` before they were read, in topic partitions "
                        + partitions.stream()
                                .map(TopicPartition::partition)
                                .sorted()
                                .toList()
                        + ": its retention has caught up; begin later, or read them from Capture files",
                null);
    }

    static SourceException noCaptureFiles(String folder) {
        return new SourceException(
                "there are no Capture files in " + folder
                        + "; expected PARTITION/YEAR/MONTH/DAY/HOUR/MINUTE/SECOND.avro, at any depth",
                null);
    }

    static SourceException severalHubs(String folder, Collection<String> hubs) {
        return new SourceException(
                folder + " holds the Capture files of several event hubs; name one of them: " + String.join(", ", hubs),
                null);
    }

    static SourceException unreadableCapture(String what, Throwable cause) {
        return new SourceException("Capture file " + what + " cannot be read: " + rootMessage(cause), null);
    }

    static SourceException unreachableCapture(String folder, Throwable cause) {
        return new SourceException("the Capture files in " + folder + " cannot be listed: " + rootMessage(cause), null);
    }

    static SourceException noGuarantee() {
        return new SourceException(
                "a job that reads Kafka needs a processing guarantee, or it would begin anew at every restart; set"
                        + " ProcessingGuarantee.EXACTLY_ONCE",
                null);
    }

    static SourceException badConnectionString(String problem) {
        return new SourceException(
                "source.connection-string is not one of an Event Hubs namespace: " + problem
                        + "; expected Endpoint=sb://NAMESPACE.servicebus.windows.net/;SharedAccessKeyName=NAME;"
                        + "SharedAccessKey=KEY, as the Azure portal shows it under Shared access policies",
                null);
    }

    static SourceException noAccess() {
        return new SourceException(
                "profile event-hubs needs source.connection-string, as a reference such as"
                        + " ${env:EVENT_HUBS_CONNECTION_STRING}, or source.identity",
                null);
    }

    static SourceException badIdentity(String problem) {
        return new SourceException("source.identity cannot be used: " + problem, null);
    }

    static SourceException otherEventHub(String topic, String entityPath) {
        return new SourceException(
                "source.topic is `" + topic + "` but the connection string is for event hub `" + entityPath
                        + "` (EntityPath); name the same one in both, or take a connection string of the namespace",
                null);
    }

    static SourceException unreadableFile(String file, Throwable cause) {
        return new SourceException("recorded file " + file + " cannot be read: " + rootMessage(cause), cause);
    }

    /** What the innermost cause says, or is. */
    static String rootMessage(Throwable cause) {
        Throwable root = root(cause);
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }

    private static Throwable root(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
