package io.sightline.cli;

import io.sightline.event.Origin;
import io.sightline.redrive.Mark;
import io.sightline.redrive.Redrive.Outcome;
import io.sightline.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of the letters of one redrive. */
final class RedriveReport {
    private static final int LINES_OF_A_KIND = 10;

    private final PipelineSpec spec;
    private final List<Map<String, @Nullable Object>> sent = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final List<String> inDoubt = new ArrayList<>();
    private int redrivenBefore;
    private int gone;
    private boolean historyNotSeen;

    RedriveReport(PipelineSpec spec) {
        this.spec = spec;
    }

    /** Adds one. False if it is better to stop. */
    boolean add(Origin letter, Outcome outcome) {
        String id = DeadLetterId.of(letter);
        if (outcome instanceof Outcome.Sent there) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("id", id);
            row.put("redriven_as", there.topicPartition() + ":" + there.offset());
            sent.add(row);
        } else if (outcome instanceof Outcome.Refused by) {
            refused.add(id + " was refused by the broker: " + by.why());
        } else if (outcome instanceof Outcome.InDoubt doubt) {
            inDoubt.add(id + " may be in the topic or not: " + doubt.why()
                    + "; stopped here. Once the broker answers, redrive it again by its id: a copy too many is dropped as"
                    + " a duplicate");
            return false;
        } else if (outcome instanceof Outcome.Left left) {
            if (left.mark() instanceof Mark.Sent) {
                redrivenBefore++;
            } else {
                inDoubt.add(id + " is in doubt: another run sends it just now, or one died over it; if so, redrive it"
                        + " again by its id: a copy too many is dropped as a duplicate");
            }
        }
        return true;
    }

    /** Adds one that was evicted meanwhile, or that a new job reads again. */
    void gone(Origin letter) {
        gone++;
    }

    /** Adds that the history could not be looked at. */
    void historyNotSeen() {
        historyNotSeen = true;
    }

    /** Whether all that was to be sent was sent. */
    boolean isClean() {
        return refused.isEmpty() && inDoubt.isEmpty();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String first = count(sent.size(), "dead letter") + " redriven to topic "
                + spec.source().topic();
        if (sent.size() == 1) {
            first += ", as " + sent.get(0).get("redriven_as");
        }
        lines.add(first
                + (redrivenBefore == 0 ? "" : "; " + redrivenBefore + " left, redriven before")
                + (gone == 0 ? "" : "; " + gone + " gone meanwhile"));
        some(refused, lines);
        some(inDoubt, lines);
        if (historyNotSeen) {
            lines.add(
                    "the history's table is not seen from here: letters that the grid has let go of were not redriven");
        }
        if (!sent.isEmpty()) {
            lines.add("if one is refused again, `sightline dead-letters list` shows it as a new one");
        }
        return lines;
    }

    private static void some(List<String> kind, List<String> lines) {
        lines.addAll(kind.subList(0, Math.min(LINES_OF_A_KIND, kind.size())));
        if (kind.size() > LINES_OF_A_KIND) {
            lines.add("... and " + (kind.size() - LINES_OF_A_KIND) + " more");
        }
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    String json() {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("pipeline", spec.name());
        object.put("redriven", sent.size());
        object.put("redriven_before", redrivenBefore);
        object.put("refused", refused.size());
        object.put("in_doubt", inDoubt.size());
        object.put("gone", gone);
        object.put("rows", sent);
        return Json.object(object);
    }
}
