package io.sightline.spec;

import io.sightline.spec.AccessSpec.GrantSpec;
import io.sightline.spec.AccessSpec.RoleSpec;
import io.sightline.spec.AccessSpec.TokenSpec;
import io.sightline.spec.AccessSpec.UserSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code access.yaml}: users and roles. As a pipeline file, it is used whole or not at all. */
public final class AccessFile {
    private static final Shape.Text USER_NAME = new Shape.Text(
            "a user name", "letters, digits, ., _, @ and -, at most 63 long", "[A-Za-z0-9][A-Za-z0-9._@-]{0,62}");
    private static final Shape.Text ROLE_NAME =
            new Shape.Text("a role", Names.ACCEPTED.replace("_", "_ and -"), "[a-z][a-z0-9_-]{0,62}");
    private static final Shape.Text COLUMN = new Shape.Text("a column name", Names.ACCEPTED, Names.REGEX);
    private static final Shape.Text TEXT = new Shape.Text("a value", "any text", "(?s).+");
    private static final Shape.Text COUNT =
            new Shape.Text("a number", "a whole number from 1 to 999999999", "[1-9][0-9]{0,8}");
    private static final Shape.Text VERIFIER = new Shape.Text(
            "a SCRAM verifier",
            "SCRAM-SHA-256$iterations:salt$stored key:server key, with at least 4096 iterations",
            "SCRAM-SHA-256\\$(409[6-9]|4[1-9][0-9]{2}|[5-9][0-9]{3}|[1-9][0-9]{4,6}):[A-Za-z0-9+/=]{16,128}"
                    + "\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");

    // grants
    private static final Key RELATION = Key.required(
            "relation",
            new Shape.Text("a relation", "the name of a relation, or \"*\" for every other", "\\*|" + Names.REGEX),
            "What may be read: a hot window, a rollup, reference data or a view.");
    private static final Key COLUMNS = Key.optional(
            "columns", new Shape.Items("columns", COLUMN, 1), "The columns that may be read; by default all.");
    private static final Key ROWS = Key.optional(
            "rows",
            TEXT,
            "Which rows, as a condition in SQL on the relation's columns; ${claim:NAME} stands for a user's values.");
    private static final Shape.Keys GRANT = new Shape.Keys(RELATION, COLUMNS, ROWS);

    // roles
    private static final Key ROLE = Key.required("role", ROLE_NAME, "The role's name.");
    private static final Key ADMIN = Key.optional(
            "admin", new Shape.Truth(), "false", "Whether hot windows may be read without a bound on time.");
    private static final Key READS =
            Key.required("reads", new Shape.Items("relations", GRANT, 1), "The relations that the role may read.");
    private static final Key MAX_ROWS = Key.optional("max-rows", COUNT, "100000", "A result with more rows fails.");
    private static final Key STATEMENT_TIMEOUT = Key.optional(
            "statement-timeout",
            new Shape.Span(
                    Duration.ofMillis(100),
                    Duration.ofHours(1),
                    "shorter, and dashboards find no answer; longer, and a forgotten query holds the grid's threads"),
            "30s",
            "A statement that takes longer is ended.");
    private static final Key CONCURRENCY =
            Key.optional("concurrency", COUNT, "8", "So many statements of the role run at once; others wait.");
    private static final Shape.Keys ROLE_KEYS =
            new Shape.Keys(ROLE, ADMIN, READS, MAX_ROWS, STATEMENT_TIMEOUT, CONCURRENCY);

    // users
    private static final Key USER = Key.required("user", USER_NAME, "The name to log in with.");
    private static final Key USER_ROLE = Key.required("role", ROLE_NAME, "The user's role, one of `roles`.");
    private static final Key PASSWORD =
            Key.required("verifier", VERIFIER, "What the password is checked with; the password itself is nowhere.");
    private static final Key CLAIMS = Key.optional(
            "claims",
            new Shape.Named(
                    new Shape.Name(Names.COLUMN), new Shape.Either(TEXT, new Shape.Items("values", TEXT, 1)), 0),
            "Values for the row filters of the role.");
    private static final Shape.Keys USER_KEYS = new Shape.Keys(USER, USER_ROLE, PASSWORD, CLAIMS);

    // tokens
    private static final Key ISSUER = Key.required("issuer", TEXT, "The token's `iss`, letter for letter.");
    private static final Key AUDIENCE = Key.required("audience", TEXT, "What must be among the token's `aud`.");
    private static final Key KEYS = Key.required(
            "keys",
            new Shape.Text(
                    "an address",
                    "an address that begins with https://, or with http:// on this machine",
                    "https://[!-~]+|http://(localhost|127\\.0\\.0\\.1)(:[0-9]{1,5})?/[!-~]*"),
            "Where the provider publishes its keys (`jwks_uri`).");
    private static final Key APP_ROLE =
            Key.required("app-role", TEXT, "An application role, as it stands in the token's `roles`.");
    private static final Key TOKEN_ROLE = Key.required("role", ROLE_NAME, "The role it gives, one of `roles`.");
    private static final Key TOKEN_ROLES = Key.required(
            "roles",
            new Shape.Items("application roles", new Shape.Keys(APP_ROLE, TOKEN_ROLE), 1),
            "Which application role gives which role; the first that a token has counts.");
    private static final Key TOKEN_CLAIMS = Key.optional(
            "claims",
            new Shape.Named(new Shape.Name(Names.COLUMN), TEXT, 0),
            "For each claim of a row filter, the claim of the token that gives its values.");
    private static final Shape.Keys TOKEN_KEYS = new Shape.Keys(ISSUER, AUDIENCE, KEYS, TOKEN_ROLES, TOKEN_CLAIMS);

    // the file
    private static final Key ROLES = Key.optional("roles", new Shape.Items("roles", ROLE_KEYS, 0), "What may be read.");
    private static final Key USERS = Key.optional("users", new Shape.Items("users", USER_KEYS, 0), "Who may log in.");
    private static final Key TOKENS =
            Key.optional("tokens", new Shape.Items("providers", TOKEN_KEYS, 0), "Whose tokens are taken.");
    private static final Shape.Keys FILE = new Shape.Keys(ROLES, USERS, TOKENS);

    private static final Pattern CLAIM = Pattern.compile("\\$\\{claim:([^}]*)}");

    private AccessFile() {}

    /**
     * What an access file says.
     *
     * @param objection what is wrong with a condition on rows; null if nothing is
     * @throws AccessFileException if the file cannot be read, or says nothing that can be used
     */
    public static AccessSpec load(Path file, Function<String, @Nullable String> objection) {
        Problems problems = new Problems(file.toString());
        String yaml = FileText.read(file, problems);
        YamlNode node = yaml == null ? null : YamlReader.read(FileText.withoutByteOrderMark(yaml), problems);
        if (node != null) {
            Place root = Place.root(node);
            new ShapeCheck(problems).check(root, FILE);
            checkRoles(root, problems, objection);
            checkUsers(root, problems);
            checkTokens(root, problems);
            if (problems.isEmpty()) {
                return read(root);
            }
        }
        throw new AccessFileException(problems);
    }

    private static void checkRoles(Place root, Problems problems, Function<String, @Nullable String> objection) {
        Set<String> names = new HashSet<>();
        for (Place role : root.at(ROLES).items()) {
            Place name = role.at(ROLE);
            if (name.text() != null && !names.add(name.text())) {
                problems.add(name, name.text(), "a role of this name is there already", "each once", null);
            }
            Set<String> relations = new HashSet<>();
            for (Place grant : role.at(READS).items()) {
                Place relation = grant.at(RELATION);
                if (relation.text() != null && !relations.add(relation.text())) {
                    problems.add(
                            relation,
                            relation.text(),
                            "listed twice",
                            "each relation once",
                            "put the columns into one entry");
                }
                Place rows = grant.at(ROWS);
                String wrong = rows.text() == null ? null : objection.apply(rows.text());
                if (wrong != null) {
                    problems.add(
                            rows,
                            rows.text(),
                            wrong,
                            "a condition on columns, values and claims, as in site IN (${claim:site})",
                            null);
                }
            }
        }
    }

    private static void checkUsers(Place root, Problems problems) {
        Set<String> names = new HashSet<>();
        for (Place user : root.at(USERS).items()) {
            Place name = user.at(USER);
            if (name.text() != null && !names.add(name.text())) {
                problems.add(name, name.text(), "a user of this name is there already", "each once", null);
            }
            checkRole(root, user.at(USER_ROLE), name, user.at(CLAIMS), problems);
        }
    }

    private static void checkTokens(Place root, Problems problems) {
        for (Place token : root.at(TOKENS).items()) {
            for (Place given : token.at(TOKEN_ROLES).items()) {
                checkRole(root, given.at(TOKEN_ROLE), given.at(APP_ROLE), token.at(TOKEN_CLAIMS), problems);
            }
        }
    }

    /** A role that is given is there, and so is each claim that its rows depend on. */
    private static void checkRole(Place root, Place given, Place to, Place claims, Problems problems) {
        String text = given.text();
        if (text == null) {
            return;
        }
        List<Place> roles = root.at(ROLES).items();
        List<String> roleNames =
                roles.stream().map(role -> role.at(ROLE).text() + "").toList();
        int index = roleNames.indexOf(text);
        if (index < 0) {
            problems.add(given, text, "no such role", String.join(", ", roleNames), Spelling.hint(text, roleNames));
            return;
        }
        Set<String> there = new HashSet<>();
        claims.entries().forEach(claim -> there.add(claim.name()));
        for (String claim : claims(roles.get(index))) {
            if (!there.contains(claim)) {
                problems.add(
                        to,
                        to.text(),
                        "has no claim `" + claim + "`",
                        null,
                        "the rows of role `" + text + "` depend on it");
            }
        }
    }

    private static Set<String> claims(Place role) {
        Set<String> claims = new HashSet<>();
        for (Place grant : role.at(READS).items()) {
            String rows = grant.at(ROWS).text();
            if (rows != null) {
                CLAIM.matcher(rows).results().forEach(claim -> claims.add(claim.group(1)));
            }
        }
        return claims;
    }

    private static AccessSpec read(Place root) {
        return new AccessSpec(
                root.at(USERS).items().stream().map(AccessFile::user).toList(),
                root.at(ROLES).items().stream().map(AccessFile::role).toList(),
                root.at(TOKENS).items().stream().map(AccessFile::token).toList());
    }

    private static TokenSpec token(Place token) {
        Map<String, String> roles = new LinkedHashMap<>();
        token.at(TOKEN_ROLES)
                .items()
                .forEach(given -> roles.putIfAbsent(
                        given.at(APP_ROLE).requiredText(), given.at(TOKEN_ROLE).requiredText()));
        Map<String, String> claims = new LinkedHashMap<>();
        token.at(TOKEN_CLAIMS)
                .entries()
                .forEach(claim -> claims.put(claim.name(), claim.place().requiredText()));
        return new TokenSpec(
                token.at(ISSUER).requiredText(),
                token.at(AUDIENCE).requiredText(),
                URI.create(token.at(KEYS).requiredText()),
                roles,
                claims);
    }

    private static UserSpec user(Place user) {
        Map<String, List<String>> claims = new LinkedHashMap<>();
        user.at(CLAIMS)
                .entries()
                .forEach(claim -> claims.put(
                        claim.name(),
                        claim.place().isList()
                                ? claim.place().texts()
                                : List.of(claim.place().requiredText())));
        return new UserSpec(
                user.at(USER).requiredText(),
                user.at(USER_ROLE).requiredText(),
                user.at(PASSWORD).requiredText(),
                claims);
    }

    private static RoleSpec role(Place role) {
        return new RoleSpec(
                role.at(ROLE).requiredText(),
                Boolean.parseBoolean(role.at(ADMIN).requiredText()),
                role.at(READS).items().stream()
                        .map(grant -> new GrantSpec(
                                grant.at(RELATION).requiredText(),
                                grant.at(COLUMNS).texts(),
                                grant.at(ROWS).text()))
                        .toList(),
                Integer.parseInt(role.at(MAX_ROWS).requiredText()),
                role.at(STATEMENT_TIMEOUT).requiredDuration(),
                Integer.parseInt(role.at(CONCURRENCY).requiredText()));
    }
}
