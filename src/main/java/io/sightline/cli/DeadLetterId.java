package io.sightline.cli;

import io.sightline.event.Origin;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How people see and type a dead letter: {@code 3:1042}, the topic partition and the offset of its record; for an element
 * of an array but the first, {@code 3:1042:2}.
 */
final class DeadLetterId implements ITypeConverter<Origin> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}):(\\d{1,18})(?::(\\d{1,9}))?");

    static String of(Origin origin) {
        String record = origin.topicPartition() + ":" + origin.offset();
        return origin.index() == 0 ? record : record + ":" + origin.index();
    }

    @Override
    public Origin convert(String typed) {
        Matcher id = FORM.matcher(typed);
        if (!id.matches()) {
            throw new TypeConversionException("`" + typed + "` is no id of a dead letter; accepted: such as 3:1042 or"
                    + " 3:1042:2, as `sightline dead-letters list` prints them");
        }
        int index = id.group(3) == null ? 0 : Integer.parseInt(id.group(3));
        return new Origin(Integer.parseInt(id.group(1)), Long.parseLong(id.group(2)), index);
    }
}
