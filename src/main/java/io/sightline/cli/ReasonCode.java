package io.sightline.cli;

import io.sightline.event.DeadLetter.Reason;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A reason for refusal as people type it: its code. */
final class ReasonCode implements ITypeConverter<Reason> {
    @Override
    public Reason convert(String typed) {
        return Arrays.stream(Reason.values())
                .filter(reason -> reason.code().equals(typed))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("`" + typed + "` is no reason; accepted: "
                        + Arrays.stream(Reason.values()).map(Reason::code).collect(Collectors.joining(", "))));
    }
}
