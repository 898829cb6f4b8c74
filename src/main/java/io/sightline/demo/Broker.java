package io.sightline.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;

/**
 * A real Kafka broker on loopback for the demo, the benchmarks and the tests: one process of its own, started from this
 * program's class path, which ends when this program ends, even by SIGKILL. What it holds stays in its data folder and is
 * there again after the next start.
 *
 * <p>Not for production: one node, no security, at most {@value #RETAINED_BYTES_OF_A_TOPIC_PARTITION} bytes kept of a
 * topic partition.
 */
public final class Broker implements AutoCloseable {
    static final String HOST = "127.0.0.1";

    /** Records are kept by size and never by age, so that recorded feeds of long ago stay readable. */
    private static final long RETAINED_BYTES_OF_A_TOPIC_PARTITION = 1L << 30;

    private static final int SEGMENT_BYTES = 128 << 20;
    /** Larger than what decoding accepts, so that too large a record can be tried. */
    private static final int LARGEST_RECORD_BYTES = 8 << 20;

    private static final String CLUSTER_ID = "U2lnaHRsaW5lRGVtbzAwMA";
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(12);
    private static final long POLL_MILLIS = 50;
    private static final int LAST_LINES = 20;

    private final Process process;
    private final int port;
    private final Admin admin;

    private Broker(Process process, int port, Admin admin) {
        this.process = process;
        this.port = port;
        this.admin = admin;
    }

    /**
     * Starts a broker and returns when it answers.
     *
     * @param data its folder, created if missing; the log {@code broker.log} goes there too
     * @param port the port to listen at; 0 takes a free one
     * @throws BrokerException if the port is taken or the broker does not become ready
     */
    public static Broker start(Path data, int port) {
        return start(data, port, properties -> {});
    }

    /**
     * The same with other properties than the usual ones.
     *
     * @param change changes the broker's {@code server.properties} before they are used; the listener {@code PLAINTEXT} must stay
     */
    public static Broker start(Path data, int port, Consumer<Properties> change) {
        int listenAt = port == 0 ? freePort() : port;
        if (port != 0) {
            checkFree(port);
        }
        Path folder = data.toAbsolutePath();
        Path log = folder.resolve("broker.log");
        Process process;
        try {
            Files.createDirectories(folder);
            Path properties = folder.resolve("server.properties");
            Properties server = serverProperties(folder, listenAt, freePort());
            change.accept(server);
            write(properties, server);
            process = launch(properties, log);
        } catch (IOException e) {
            throw BrokerException.cannotStart(log, e);
        }
        try {
            // An admin client made before the port is open would spend the time on reconnecting and on saying so.
            awaitPort(process, log, listenAt);
            Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, HOST + ":" + listenAt));
            Broker broker = new Broker(process, listenAt, admin);
            await("answer; its log is " + log, admin.describeCluster().nodes());
            return broker;
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** What clients connect to: {@code host:port}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long processId() {
        return process.pid();
    }

    /**
     * Creates a topic and returns when every partition of it can be written to.
     *
     * @param timestamps whether a record bears the time the broker took it, or the one its producer gave it
     * @throws BrokerException if there is such a topic already
     */
    public void createTopic(String name, int partitions, TimestampType timestamps) {
        NewTopic topic = new NewTopic(name, partitions, (short) 1)
                .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, timestamps.name));
        await("create topic " + name, admin.createTopics(List.of(topic)).all());
        awaitLeaders(name, partitions);
    }

    /** Whether there is such a topic. */
    public boolean hasTopic(String name) {
        try {
            return admin.listTopics()
                    .names()
                    .get(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .contains(name);
        } catch (ExecutionException | TimeoutException e) {
            throw BrokerException.refused("list its topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BrokerException.refused("list its topics", e);
        }
    }

    /** Grows a topic to this many partitions while it is in use. */
    public void growTopic(String name, int partitions) {
        await(
                "grow topic " + name,
                admin.createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
                        .all());
        awaitLeaders(name, partitions);
    }

    public void deleteTopic(String name) {
        await("delete topic " + name, admin.deleteTopics(List.of(name)).all());
    }

    /** Stops the broker in an orderly way; what it holds stays in the data folder. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (IOException e) {
            kill();
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the broker at once, as a power cut would. */
    public void kill() {
        admin.close(Duration.ZERO);
        process.destroyForcibly().onExit().join();
    }

    private static void awaitPort(Process process, Path log, int port) {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!Ports.answers(port)) {
            if (!process.isAlive()) {
                throw BrokerException.died(process.exitValue(), log, lastLines(log));
            }
            if (System.nanoTime() > deadline) {
                throw BrokerException.notReady(READY_WITHIN, log);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw BrokerException.refused("be waited for", e);
            }
        }
    }

    /** Only a partition's leader knows its end, and the client asks until there is one, once the broker knows the topic. */
    private void awaitLeaders(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        long deadline = System.nanoTime() + ANSWERS_WITHIN.toNanos();
        while (true) {
            try {
                await("take records of topic " + topic, admin.listOffsets(ends).all());
                return;
            } catch (BrokerException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    private static void await(String what, KafkaFuture<?> answer) {
        try {
            answer.get(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw BrokerException.refused(what, e.getCause());
        } catch (TimeoutException e) {
            throw BrokerException.refused(what + " within " + ANSWERS_WITHIN.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BrokerException.refused(what, e);
        }
    }

    private static Process launch(Path properties, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                // It moves bytes; to compile it well costs more than that gains where CPUs are few.
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=io/sightline/demo/broker-logback.xml",
                "-Dlog4j2.StatusLogger.level=OFF",
                BrokerProcess.class.getName(),
                properties.toString(),
                CLUSTER_ID);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return builder.start();
    }

    private static Properties serverProperties(Path folder, int port, int controllerPort) {
        Properties server = new Properties();
        server.put("process.roles", "broker,controller");
        server.put("node.id", "1");
        server.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        server.put("controller.listener.names", "CONTROLLER");
        server.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        server.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        server.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        server.put("log.dirs", folder.resolve("kafka").toString());
        server.put("log.retention.ms", "-1");
        server.put("log.retention.bytes", Long.toString(RETAINED_BYTES_OF_A_TOPIC_PARTITION));
        server.put("log.segment.bytes", Integer.toString(SEGMENT_BYTES));
        server.put("message.max.bytes", Integer.toString(LARGEST_RECORD_BYTES));
        // A camera's clock may be wrong by years; that is for the pipeline to judge.
        server.put("log.message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        server.put("auto.create.topics.enable", "false");
        server.put("offsets.topic.replication.factor", "1");
        server.put("offsets.topic.num.partitions", "1");
        server.put("transaction.state.log.replication.factor", "1");
        server.put("transaction.state.log.min.isr", "1");
        server.put("group.initial.rebalance.delay.ms", "0");
        return server;
    }

    private static void write(Path file, Properties properties) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
    }

    private static void checkFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw BrokerException.portTaken(port, e);
        }
    }

    private static int freePort() {
        try {
            return Ports.free();
        } catch (IOException e) {
            throw BrokerException.refused("find a free port", e);
        }
    }

    private static String lastLines(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }
}
