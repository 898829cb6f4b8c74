package io.sightline.enrich.imap;

import static io.sightline.enrich.imap.Grid.event;
import static io.sightline.enrich.imap.Grid.eventually;
import static io.sightline.enrich.imap.Grid.places;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.Vertex;
import io.sightline.enrich.ReferenceState;
import io.sightline.event.Event;
import io.sightline.fixture.Loopback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The join and the refresh inside real jobs. Members of one JVM share the statics that stand for input and output. */
class EnrichJobTest {
    private static final String NORTH = "place_id,name,height\na,North,1.5\nb,x,\n";
    private static final String SOUTH = "place_id,name,height\na,South,1.5\nc,x,\n";
    private static final String BAD = "place_id,name,height\na,East,high\n";

    private static final AtomicLong WANTED = new AtomicLong();
    private static final Set<Seen> SEEN = ConcurrentHashMap.newKeySet();

    private final List<HazelcastInstance> members = new ArrayList<>();

    @TempDir
    private Path folder;

    /** What came out behind the join. */
    private record Seen(String member, @Nullable Object name) {}

    @AfterEach
    void stopMembers() {
        members.forEach(member -> member.getLifecycleService().terminate());
        SEEN.clear();
    }

    @Test
    void membersJoinWithTheSameVersionsAlsoIfTheyComeLate() throws Exception {
        // Given
        Path file = replace(NORTH);
        ReferenceSource source = refreshedOften(file);
        HazelcastInstance first = start();
        submit(first, source);

        // When / Then: the first member
        eventually("first member joins", () -> SEEN.contains(new Seen(first.getName(), "North")));

        // When / Then: a second one
        HazelcastInstance second = start(Loopback.port(first));
        eventually("second member joins", () -> SEEN.contains(new Seen(second.getName(), "North")));
        assertThat(SEEN).extracting(Seen::name).as("not one event went without").containsOnly("North");

        // When / Then: a new version
        replace(SOUTH);
        eventually(
                "both see the swap",
                () -> SEEN.contains(new Seen(first.getName(), "South"))
                        && SEEN.contains(new Seen(second.getName(), "South")));
        eventually(
                "the twin follows",
                () -> second.getMap(source.relation()).keySet().equals(Set.of("a", "c")));

        // When / Then: a bad one
        SEEN.clear();
        replace(BAD);
        eventually("the error shows", () -> state(second, source).lastError() != null);
        eventually("events go on", () -> SEEN.contains(new Seen(second.getName(), "South")));
        assertThat(SEEN).extracting(Seen::name).doesNotContain("East").doesNotContainNull();
        assertThat(state(second, source).lastError()).contains("places.csv:2 height");

        // When / Then: the member that reads the files is gone
        replace(NORTH);
        eventually("mended", () -> state(second, source).lastError() == null);
        first.getLifecycleService().terminate();
        SEEN.clear();
        replace(SOUTH);
        eventually("the other one reads on", () -> SEEN.contains(new Seen(second.getName(), "South")));
        assertThat(SEEN).extracting(Seen::name).doesNotContainNull();
    }

    @Test
    void aJobWithoutAnyGoodVersionFailsAndSaysWhy() throws Exception {
        // Given
        Path file = replace(BAD);

        // When
        Job job = submit(start(), refreshedOften(file));

        // Then
        assertThatThrownBy(job::join)
                .hasMessageContaining("reference places refused: 1 problem in " + file)
                .hasMessageContaining("places.csv:2 height \"high\", accepted: a finite number such as 51.5");
    }

    private HazelcastInstance start(int... otherPorts) {
        HazelcastInstance member = Grid.member("enrich-job-" + folder.getFileName(), otherPorts);
        members.add(member);
        return member;
    }

    private static ReferenceSource refreshedOften(Path file) {
        ReferenceSource source = places("job", file);
        return new ReferenceSource("job", source.layout(), 0, source.from(), Duration.ofMillis(50), source.relation());
    }

    private static Job submit(HazelcastInstance member, ReferenceSource source) {
        DAG dag = new DAG();
        Vertex input = dag.newVertex("input", Input::new).localParallelism(1);
        Vertex enrich =
                dag.newVertex("enrich", new EnrichSupplier(List.of(source))).localParallelism(2);
        Vertex output = dag.newVertex("output", Output::new).localParallelism(1);
        Vertex counts = dag.newVertex("counts", Output::new).localParallelism(1);
        dag.newVertex("refresh", ReferenceRefreshP.metaSupplier(List.of(source)));
        dag.edge(Edge.between(input, enrich))
                .edge(Edge.from(enrich, 0).to(output))
                .edge(Edge.from(enrich, 1).to(counts));
        return member.getJet()
                .newJob(
                        dag,
                        new JobConfig()
                                .setName("job")
                                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                                .setSnapshotIntervalMillis(50));
    }

    private static ReferenceState state(HazelcastInstance member, ReferenceSource source) {
        return new ReferenceStates(member).get(source);
    }

    /** Replaces the file at one stroke. */
    private Path replace(String text) throws Exception {
        Path next = Files.writeString(folder.resolve("next"), text);
        return Files.move(next, folder.resolve("places.csv"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Events with key {@code a}, one a call. */
    private static final class Input extends AbstractProcessor {
        private @Nullable Event pending;

        @Override
        public boolean complete() {
            if (pending == null) {
                pending = event(WANTED.incrementAndGet(), "a");
            }
            if (tryEmit(pending)) {
                pending = null;
            }
            return false;
        }
    }

    /** Notes which member saw which name. */
    private static final class Output extends AbstractProcessor {
        private String member = "";

        @Override
        protected void init(Context context) {
            member = context.hazelcastInstance().getName();
        }

        @Override
        protected boolean tryProcess(int ordinal, Object item) {
            if (item instanceof Event event) {
                SEEN.add(new Seen(member, event.added()[0]));
            }
            return true;
        }
    }
}
