package io.sightline.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.sightline.gateway.access.ScramVerifier;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A user as the access file has them, and where in its text they go, so that all else there stays as it is. */
record UserEntry(String name, String role, ScramVerifier verifier, Map<String, String> claims) {
    private static final Pattern NO_USERS = Pattern.compile("(?m)^users:[ \\t]*(\\[[ \\t]*])?[ \\t]*(#.*)?$");
    private static final Pattern FIRST_USER = Pattern.compile("\\G(?:[ \\t]*(?:#.*)?\\R)*([ \\t]*)- ");
    private static final Pattern ANY_USERS = Pattern.compile("(?m)^users:");

    /** Its lines, ready to stand in a list. */
    String yaml(String indent) {
        StringBuilder yaml = new StringBuilder();
        yaml.append(indent).append("- user: ").append(quoted(name)).append('\n');
        yaml.append(indent).append("  role: ").append(quoted(role)).append('\n');
        yaml.append(indent)
                .append("  verifier: ")
                .append(quoted(verifier.toString()))
                .append('\n');
        if (!claims.isEmpty()) {
            yaml.append(indent).append("  claims:\n");
            claims.forEach((claim, value) -> yaml.append(indent)
                    .append("    ")
                    .append(claim)
                    .append(": ")
                    .append(quoted(value))
                    .append('\n'));
        }
        return yaml.toString();
    }

    /**
     * The text with this user as the first.
     *
     * @throws Failure if the file writes its users in a way that this does not understand
     */
    String putInto(String yaml) {
        Matcher users = NO_USERS.matcher(yaml);
        if (users.find()) {
            int behind = yaml.indexOf('\n', users.end());
            String head = yaml.substring(0, users.start()) + "users:\n";
            String rest = behind < 0 ? "" : yaml.substring(behind + 1);
            Matcher first = FIRST_USER.matcher(rest);
            return head + yaml(users.group(1) == null && first.find() ? first.group(1) : "  ") + rest;
        }
        if (ANY_USERS.matcher(yaml).find()) {
            throw new Failure(
                    Sightline.FAILED,
                    "the file has its users on one line; write each below the other, or use --print and put it in by hand");
        }
        return yaml + (yaml.isEmpty() || yaml.endsWith("\n") ? "" : "\n") + "users:\n" + yaml("  ");
    }

    /** JSON's quotes are YAML's, too. */
    private static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
