package io.sightline.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sightline.history.HistoryException;
import io.sightline.pipeline.PipelineJob;
import io.sightline.source.SourceException;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineFileException;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Problem;
import io.sightline.spec.RollupMemory;
import io.sightline.spec.UnresolvedSettingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sightline check FILE...}: validates pipeline files. Words for people go to stderr; with {@code --json} the
 * verdicts go to stdout as one object. Exit code 0 if every file is good, 2 if one is not, 1 if all are and the broker of one
 * does not let its topic be read.
 */
@Command(
        name = "check",
        description = "Validate pipeline files: all problems at once, with path, value and what is accepted.",
        mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private CommandSpec command;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "The pipeline files.")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "Print the verdicts as one JSON object on stdout.")
    private boolean json;

    @Option(
            names = "--against-history",
            description = "Also see whether the columns fit the history's table, as this machine reaches it.")
    private boolean againstHistory;

    @Option(
            names = "--online",
            description =
                    "Also connect to the broker, as this machine reaches it, and report the topic's partitions, retention,"
                            + " timestamps, backlog and throttling, and how far the broker's clock is off.")
    private boolean online;

    @Override
    public Integer call() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode verdicts = mapper.createObjectNode();
        ArrayNode list = verdicts.putArray("files");
        int status = Sightline.DONE;
        for (Path file : files) {
            status = Math.max(status, check(file, list.addObject()));
        }
        if (json) {
            PrintWriter out = command.commandLine().getOut();
            out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(verdicts));
            out.flush();
        }
        return status;
    }

    private int check(Path file, ObjectNode verdict) {
        PrintWriter err = command.commandLine().getErr();
        verdict.put("file", file.toString());
        try {
            PipelineSpec spec = PipelineFile.load(file);
            if (againstHistory && spec.history() != null) {
                PipelineJob.checkHistory(spec);
            }
            verdict.put("ok", true).putArray("problems");
            err.println(file + ": ok (" + summary(spec) + ")");
            RollupMemory.warnings(spec).forEach(warning -> err.println(file + ": warning: " + warning));
            return online ? checkOnline(file, spec, verdict) : Sightline.DONE;
        } catch (HistoryException | IOException e) {
            verdict.put("ok", false).putArray("problems").addObject().put("message", e.getMessage());
            if (!json) {
                err.println(file + ": history: " + e.getMessage());
            }
            return Sightline.BAD_USAGE;
        } catch (PipelineFileException e) {
            verdict.put("ok", false);
            ArrayNode problems = verdict.putArray("problems");
            e.problems().list().forEach(problem -> describe(problem, problems.addObject()));
            if (!json) {
                err.println(e.problems());
            }
            return Sightline.BAD_USAGE;
        } finally {
            err.flush();
        }
    }

    private int checkOnline(Path file, PipelineSpec spec, ObjectNode verdict) {
        PrintWriter err = command.commandLine().getErr();
        try {
            OnlineReport report = OnlineReport.of(spec, Clock.systemUTC());
            report.describe(verdict.putObject("online"));
            report.lines().forEach(line -> err.println(file + ": " + line));
            return Sightline.DONE;
        } catch (SourceException | UnresolvedSettingException e) {
            verdict.put("ok", false).putArray("problems").addObject().put("message", e.getMessage());
            if (!json) {
                err.println(file + ": online: " + e.getMessage());
            }
            return Sightline.FAILED;
        }
    }

    private static String summary(PipelineSpec spec) {
        return String.format(
                "pipeline %s, topic %s, %s, %s, %s",
                spec.name(),
                spec.source().topic(),
                count(spec.event().schema().size(), "field"),
                count(spec.enrich().size(), "reference"),
                count(spec.rollups().size(), "rollup"));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static void describe(Problem problem, ObjectNode to) {
        to.put("path", problem.path());
        to.put("line", problem.line() == 0 ? null : (Integer) problem.line());
        to.put("value", problem.value());
        to.put("accepted", problem.accepted());
        to.put("message", problem.message());
        to.put("hint", problem.hint());
    }
}
