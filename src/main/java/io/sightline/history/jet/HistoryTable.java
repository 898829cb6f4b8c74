package io.sightline.history.jet;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Column;
import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.DataFile;
import io.sightline.history.EventRows;
import io.sightline.history.HistoryRows;
import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import io.sightline.history.Settlement;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.history.delta.AzureStorage;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.delta.TableCare;
import io.sightline.history.delta.TableFiles;
import io.sightline.history.delta.TableFolder;
import io.sightline.spec.Environment;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A table of a pipeline's history, as it travels to the members: what it takes to write it, opened where it is asked for. That
 * of the events is in the folder that the file names, and bears the pipeline's name; the others are in folders beside it,
 * of their names.
 *
 * @param spec has a history, in a folder that every member sees
 * @param columns of its files, in order
 */
public record HistoryTable(PipelineSpec spec, String name, List<Column> columns) implements Serializable {
    private static final long ROLL_BYTES = 128 << 20;

    public HistoryTable {
        columns = List.copyOf(columns);
    }

    /** That of the enriched events. */
    public static HistoryTable ofEvents(PipelineSpec spec) {
        return new HistoryTable(spec, spec.name(), new EventRows(spec).columns());
    }

    /** Where it is, as this process resolves the pipeline file's references. */
    public TableFolder folder() {
        Environment environment = Environment.ofThisProcess();
        TableFolder events = TableFolder.of(
                history().table().resolve(environment), AzureStorage.options(spec.storage(), environment));
        return isOfEvents() ? events : events.beside(name);
    }

    /** Whether it is that of the events: then it is in the folder that the file names. */
    public boolean isOfEvents() {
        return name.equals(spec.name());
    }

    /** Its log. */
    public DeltaTableLog log() {
        return log(Map.of());
    }

    private DeltaTableLog log(Map<String, String> properties) {
        return new DeltaTableLog(folder(), spec.source().topic(), columns, properties);
    }

    /**
     * Claims it for one execution; whoever wrote it before is refused from then on.
     *
     * @param cluster the grid's name
     * @param initial where the topic is read from if the table is new
     * @param takeOver whether another writer is to be replaced
     * @param properties of the table from then on, besides those it has
     * @throws IOException if the storage is away; worth a retry
     * @throws io.sightline.history.HistoryException if the table is another's or cannot be used
     */
    public Claim claim(String cluster, ProgressVector initial, boolean takeOver, Map<String, String> properties)
            throws IOException {
        return writer(properties).claim(request(cluster, takeOver, initial));
    }

    /**
     * The same for an execution of a job whose start has claimed it before: it takes nothing over, and makes nothing anew.
     *
     * @throws IOException if the storage is away, or the table; worth a retry
     */
    Claim claimAgain(String cluster) throws IOException {
        return tableWriter().claim(request(cluster, false, null));
    }

    private ClaimRequest request(String cluster, boolean takeOver, @Nullable ProgressVector initial) {
        WriterIdentity writer = new WriterIdentity(cluster, spec.name());
        return new ClaimRequest(writer, history().commitEvery(), takeOver, initial);
    }

    TableWriter tableWriter() {
        return writer(Map.of());
    }

    private TableWriter writer(Map<String, String> properties) {
        return new TableWriter(log(properties), Clock.systemUTC()::millis);
    }

    /** Writes rows. */
    public interface Writing {
        void to(HistoryRows.Out out) throws IOException;
    }

    /**
     * Brings a claimed table forward where no job writes it, in one commit.
     *
     * @param to how far
     * @param counters totals there
     * @param writing writes the rows of exactly what lies between
     * @return the claim, at its new vector
     * @throws IOException if the storage is away, or it cannot be said what became of the commit; claim again
     */
    public Claim bringTo(ProgressVector to, SortedMap<String, Long> counters, Claim claim, Writing writing)
            throws IOException {
        TableFiles files = files(claim);
        List<DataFile> sealed;
        try {
            writing.to(files::write);
            sealed = files.seal();
        } catch (IOException | RuntimeException e) {
            files.abandon();
            throw e;
        }
        Settlement settlement =
                tableWriter().settle(claim.fence(), new PreparedCommit(claim.at(), to, sealed, counters));
        if (settlement instanceof Settlement.Refused refused) {
            throw refused.reason();
        }
        if (!(settlement instanceof Settlement.Committed)) {
            throw new IOException("the table at " + folder() + " did not take a commit: " + settlement);
        }
        return new Claim(claim.fence(), to, counters);
    }

    TableFiles files(Claim claim) {
        String beginning = "part-" + claim.fence().epoch() + "-";
        return new TableFiles(
                folder(),
                columns,
                history().compression(),
                ROLL_BYTES,
                () -> beginning + UUID.randomUUID(),
                Clock.systemUTC()::millis);
    }

    TableCare care() {
        return new TableCare(folder(), history().compression(), history().keep(), Clock.systemUTC()::millis)
                .unhurried();
    }

    private HistorySpec history() {
        return requireNonNull(spec.history());
    }
}
