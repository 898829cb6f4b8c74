package io.sightline.grid;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.LocalMapStats;
import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.SqlColumnMetadata;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.dedupe.imap.MarkUsage;
import io.sightline.dedupe.imap.MarksMap;
import io.sightline.observe.Metric;
import io.sightline.observe.MetricsText;
import io.sightline.observe.ObservedRows;
import io.sightline.observe.PipelineMetrics;
import io.sightline.spec.PipelineSpec;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** What a member says: of the pipelines, of its share of them, of its cluster and of its process. Thread-safe. */
final class MemberMetrics {
    /** Where Kafka's consumers in this process say how they are throttled. */
    private static final String FETCHES = "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*";

    private static final String THROTTLE_MILLIS = "fetch-throttle-time-max";
    private static final double MILLIS = 1e3;

    private final HazelcastInstance member;
    private final LongAdder membersLeft = new LongAdder();

    /** Begins to count the members that leave. */
    MemberMetrics(HazelcastInstance member) {
        this.member = member;
        member.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {}

            @Override
            public void memberRemoved(MembershipEvent event) {
                membersLeft.increment();
            }
        });
    }

    void add(MetricsText text, Instant now) {
        Set<String> stopped = Standing.addTo(text, Standing.all(member));
        PipelineMetrics.add(text, this::read, stopped::contains, now);
        member.<String, PipelineSpec>getMap(GridNames.PIPELINES).keySet().forEach(pipeline -> addShare(text, pipeline));
        text.add(Metric.SOURCE_THROTTLE, throttleMillis() / MILLIS);
        text.add(Metric.CLUSTER_MEMBERS, member.getCluster().getMembers().size());
        text.add(Metric.CLUSTER_SAFE, member.getPartitionService().isClusterSafe() ? 1 : 0);
        text.add(Metric.MEMBERS_LEFT, membersLeft.sum());
        ProcessMetrics.add(text);
    }

    private void addShare(MetricsText text, String pipeline) {
        LocalMapStats hotWindow = member.getMap(GridNames.hotWindow(pipeline)).getLocalMapStats();
        text.add(Metric.HOT_ENTRIES, hotWindow.getOwnedEntryCount(), pipeline);
        text.add(Metric.HOT_BYTES, hotWindow.getHeapCost(), pipeline);
        MarkUsage marks = MarksMap.usage(member, GridNames.marks(pipeline));
        text.add(Metric.MARKS, marks.marks(), pipeline);
        text.add(Metric.MARKS_BYTES, marks.bytes(), pipeline);
    }

    /** Nothing of a relation that the member has not published yet. */
    private ObservedRows read(String relation) {
        try (SqlResult result = member.getSql().execute("SELECT * FROM " + relation)) {
            List<String> columns = result.getRowMetadata().getColumns().stream()
                    .map(SqlColumnMetadata::getName)
                    .toList();
            List<@Nullable Object[]> rows = new ArrayList<>();
            for (SqlRow row : result) {
                @Nullable Object[] values = new Object[columns.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = row.getObject(i);
                }
                rows.add(values);
            }
            return new ObservedRows(columns, rows);
        } catch (HazelcastSqlException e) {
            return ObservedRows.NONE;
        }
    }

    /** The longest of all consumers of this process. */
    private static double throttleMillis() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        double longest = 0;
        try {
            for (ObjectName consumer : server.queryNames(new ObjectName(FETCHES), null)) {
                // NaN before the first fetch.
                if (server.getAttribute(consumer, THROTTLE_MILLIS) instanceof Double millis && millis > longest) {
                    longest = millis;
                }
            }
        } catch (JMException e) {
            // A consumer that has just been closed; the next scrape sees the others.
        }
        return longest;
    }
}
