package io.sightline.crooked.spec;

import picocli.CommandLine.Command;

/** Picocli outside the command line. */
@Command
public record FileThatIsACommand(String path) {}
