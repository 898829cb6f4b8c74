package io.sightline.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A {@code sightline} command in a process of its own, started from this program's class path with this program's JVM
 * options: the member that benchmarks measure and tests kill, the demo's gateway. Ends with this program, however that ends. Works in the
 * project's folder, where pipeline files have their reference data.
 */
public final class MemberProcess implements AutoCloseable {
    private static final String MAIN_CLASS = "io.sightline.cli.Sightline";

    private final Process process;
    private final Path log;

    private MemberProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param heap the heap, as {@code -Xmx} takes it; all of it from the start
     * @param jvmOptions further options of the JVM
     * @param environment added to this process's own
     * @param log where both of its outputs go
     * @param arguments command and options
     */
    public static MemberProcess start(
            String heap, List<String> jvmOptions, Map<String, String> environment, Path log, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ownJvmOptions());
        command.add("-D" + EndsWithParent.PROPERTY + "=true");
        // A heap that grows is collected whole at every step.
        command.add("-Xms" + heap);
        command.add("-Xmx" + heap);
        command.addAll(jvmOptions);
        command.add(MAIN_CLASS);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", classPath());
        builder.environment().putAll(environment);
        builder.directory(new File(System.getProperty("sightline.home", "")).getAbsoluteFile());
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            return new MemberProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Options that a member needs or that were given for a reason; neither heap, collector, agents nor debuggers, nor which
     * compilers.
     */
    private static List<String> ownJvmOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add")
                        || option.startsWith("-D")
                        || option.startsWith("--enable")
                        || option.startsWith("--sun")
                        || option.startsWith("-Xlog:cds")
                        || option.startsWith("-XX:"))
                .filter(option -> !option.matches("-XX:([+-]Use.*GC|.*Heap.*|TieredStopAtLevel.*)"))
                .filter(option -> !option.startsWith("-Dsurefire") && !option.startsWith("-Dbasedir"))
                .toList();
    }

    private static String classPath() {
        // A test runner may hide the real class path behind a manifest.
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it has ended, and gives its exit status. */
    public int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** The last line of its log that it wrote for people; empty if there is none. */
    Optional<String> lastWords() {
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("sightline: ") || line.contains(" ERROR "))
                    .reduce((earlier, later) -> later);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** SIGKILL: no shutdown, no farewell to the cluster. Returns when the process is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** CPU time used so far; empty where the platform does not tell. */
    public Optional<Duration> cpuTime() {
        return process.info().totalCpuDuration();
    }

    /** The memory the process has in use, in bytes; empty where the platform does not tell. */
    public Optional<Long> memoryBytes() {
        return status("VmRSS:");
    }

    /** The most memory the process ever had in use, in bytes; empty where the platform does not tell. */
    public Optional<Long> peakMemoryBytes() {
        return status("VmHWM:");
    }

    private Optional<Long> status(String line) {
        try {
            return Files.readAllLines(new File("/proc/" + process.pid() + "/status").toPath()).stream()
                    .filter(text -> text.startsWith(line))
                    .map(text -> Long.parseLong(text.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** SIGTERM: asks the process to end. Its standard input stays open: without one it would be ended after ten seconds. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Asks the process to end, and makes it after a while. */
    @Override
    public void close() {
        terminate();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }
}
