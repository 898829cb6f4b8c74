package io.sightline.gateway.sql;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.StatementException.Position;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlDialect;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.dialect.AnsiSqlDialect;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.jspecify.annotations.Nullable;

/** Text to tree and back. Names that are not quoted are lower case, as in PostgreSQL; written, every name is quoted. */
public final class SqlText {
    /** Deep enough for any dashboard; a tree is walked recursively, and a deeper one would outgrow the stack. */
    private static final int DEEPEST = 200;

    private static final int LONGEST = 64 * 1024;

    private static final SqlParser.Config PARSER = SqlParser.config()
            .withParserFactory(SqlBabelParserImpl.FACTORY)
            .withConformance(SqlConformanceEnum.BABEL)
            .withQuoting(Quoting.DOUBLE_QUOTE)
            .withUnquotedCasing(Casing.TO_LOWER)
            .withQuotedCasing(Casing.UNCHANGED)
            .withIdentifierMaxLength(128);

    private static final SqlDialect ENGINE =
            new AnsiSqlDialect(AnsiSqlDialect.DEFAULT_CONTEXT.withIdentifierQuoteString("\"")) {
                @Override
                public void quoteStringLiteral(StringBuilder out, @Nullable String charsetName, String value) {
                    out.append('\'').append(value.replace("'", "''")).append('\'');
                }
            };

    private SqlText() {}

    /**
     * The one statement in a text.
     *
     * @throws StatementException if it is none
     */
    public static SqlNode parse(String text) {
        return parse(text, SqlParser::parseStmt);
    }

    /**
     * The one expression in a text.
     *
     * @throws StatementException if it is none
     */
    public static SqlNode parseExpression(String text) {
        return parse(text, SqlParser::parseExpression);
    }

    /** The tree as the engine reads it, on one line. */
    public static String write(SqlNode node) {
        return node.toSqlString(config -> config.withDialect(ENGINE)
                        .withQuoteAllIdentifiers(true)
                        .withAlwaysUseParentheses(false)
                        .withSelectListItemsOnSeparateLines(false)
                        .withUpdateSetListNewline(false)
                        .withIndentation(0)
                        .withClauseStartsLine(false))
                .getSql();
    }

    /** Whether a name is no name but a function without parentheses, as CURRENT_USER: it is written without quotes. */
    public static boolean isKeyword(SqlIdentifier id) {
        // The first two say at once what writing would say of nearly every name.
        return id.names.size() == 1
                && !id.isComponentQuoted(0)
                && !id.isStar()
                && write(id).charAt(0) != '"';
    }

    /** Where a node stands; null if it was made and not read. */
    public static @Nullable Position position(SqlNode node) {
        SqlParserPos position = node.getParserPosition();
        return position.getLineNum() == 0 ? null : new Position(position.getLineNum(), position.getColumnNum());
    }

    private interface Parse {
        SqlNode apply(SqlParser parser) throws SqlParseException;
    }

    private static SqlNode parse(String text, Parse parse) {
        refuseTooMuch(text);
        try {
            return parse.apply(SqlParser.create(text, PARSER));
        } catch (SqlParseException e) {
            throw String.valueOf(e.getMessage()).contains("StackOverflowError")
                            || e.getCause() instanceof StackOverflowError
                    ? tooDeep()
                    : syntaxError(e);
        } catch (StackOverflowError e) {
            throw tooDeep();
        } catch (RuntimeException | Error e) {
            // What the parser's own actions throw on odd literals: CalciteException, NumberFormatException,
            // AssertionError.
            if (e instanceof VirtualMachineError) {
                throw e;
            }
            throw new StatementException(
                    SqlState.SYNTAX_ERROR, "not valid SQL: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    private static void refuseTooMuch(String text) {
        if (text.length() > LONGEST) {
            throw new StatementException(
                    SqlState.STATEMENT_TOO_COMPLEX, "the statement is longer than " + LONGEST + " characters");
        }
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(' && ++depth > DEEPEST) {
                throw tooDeep();
            } else if (c == ')') {
                depth--;
            }
        }
    }

    /** The refusal of a statement whose tree is too deep to be walked. */
    public static StatementException tooDeep() {
        return new StatementException(SqlState.STATEMENT_TOO_COMPLEX, "the statement is nested too deep");
    }

    private static StatementException syntaxError(SqlParseException e) {
        SqlParserPos position = e.getPos();
        String message = firstLine(String.valueOf(e.getMessage()));
        boolean lexical = message.startsWith("Lexical error");
        String near = message.replaceFirst("^.*?Encountered \"(.*?)\" at line.*$", "$1");
        return new StatementException(
                SqlState.SYNTAX_ERROR,
                lexical || near.equals(message)
                        ? "syntax error: " + message
                        : "syntax error at or near \"" + near + "\"",
                position == null || position.getLineNum() == 0
                        ? null
                        : new Position(position.getLineNum(), position.getColumnNum()),
                null);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
