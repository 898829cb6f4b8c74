package io.sightline.gateway;

import static io.sightline.fixture.Eventually.eventually;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.KafkaBroker;
import io.sightline.fixture.SqlRows;
import io.sightline.gateway.access.SharedExecutions;
import io.sightline.gateway.server.GatewayServer;
import io.sightline.grid.GridMember;
import io.sightline.pipeline.PipelineJob;
import io.sightline.pipeline.Relations;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** A member whose job has read what the fleet of cameras saw for some minutes, and a gateway to it. */
final class FleetGrid implements AutoCloseable {
    private static final double EVENTS_PER_SECOND = 200;
    private static final int TOPIC_PARTITIONS = 2;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final HazelcastInstance member;
    private final GatewayServer gateway;
    private final Connection connection;

    FleetGrid(KafkaBroker broker, Instant from, Instant to, Path audit) throws IOException, SQLException {
        String topic = broker.newTopic(TOPIC_PARTITIONS);
        long count = FeedOptions.count(EVENTS_PER_SECOND, Duration.ZERO, Duration.between(from, to));
        SeededFeed feed =
                new SeededFeed(FeedOptions.live(7, EVENTS_PER_SECOND, count, from, Duration.ZERO, Faults.allOften()));
        FeedLoader.load(broker.broker().bootstrapServers(), topic, feed, Pace.AT_ONCE);
        member = GridMember.startAlone();
        Relations.publish(member);
        PipelineJob.submit(member, pipeline(broker.broker().bootstrapServers(), topic));
        long unique = feed.truth().unique();
        eventually(
                "all events are in the rollups",
                () -> sum("detections_per_second") == unique
                        && sum("detections_per_place") == unique
                        && sum("detections_per_minute") == unique);
        gateway = GatewayServer.start(
                member,
                new GatewayServer.Settings(
                        new InetSocketAddress(LOOPBACK, 0),
                        new InetSocketAddress(LOOPBACK, 0),
                        null,
                        audit,
                        false,
                        SharedExecutions.WINDOW,
                        null));
        // The simple protocol is what Grafana speaks.
        connection = DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + gateway.pgPort() + "/sightline?sslmode=disable&preferQueryMode=simple",
                "grafana",
                "");
    }

    private static PipelineSpec pipeline(String bootstrapServers, String topic) {
        PipelineSpec file = PipelineFile.load(Path.of("pipelines", "detections.yaml"));
        return file.withHistory(null)
                .withSource(new SourceSpec(
                        topic,
                        new Setting(bootstrapServers),
                        SourceSpec.Profile.KAFKA,
                        new SourceSpec.Start.Earliest(),
                        0,
                        file.source().idleTimeout(),
                        null));
    }

    private long sum(String rollup) {
        Object sum = SqlRows.rows(member, "SELECT SUM(detections) FROM " + rollup)
                .get(0)
                .get(0);
        return sum instanceof Number number ? number.longValue() : 0;
    }

    /** A connection to its PostgreSQL door. */
    Connection connection() {
        return connection;
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        gateway.close();
        member.getLifecycleService().terminate();
    }
}
