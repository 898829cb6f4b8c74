package io.sightline.gateway;

/** The SQLSTATE codes the gateway answers with, named as PostgreSQL's documentation does (appendix A). */
public final class SqlState {
    public static final String SUCCESSFUL_COMPLETION = "00000";
    public static final String PROTOCOL_VIOLATION = "08P01";
    public static final String FEATURE_NOT_SUPPORTED = "0A000";
    public static final String DIVISION_BY_ZERO = "22012";
    public static final String INVALID_TEXT_REPRESENTATION = "22P02";
    public static final String READ_ONLY = "25006";
    public static final String INVALID_STATEMENT_NAME = "26000";
    public static final String INVALID_AUTHORIZATION = "28000";
    public static final String INVALID_PASSWORD = "28P01";
    public static final String INVALID_CURSOR_NAME = "34000";
    public static final String INSUFFICIENT_PRIVILEGE = "42501";
    public static final String SYNTAX_ERROR = "42601";
    public static final String UNDEFINED_COLUMN = "42703";
    public static final String UNDEFINED_FUNCTION = "42883";
    public static final String UNDEFINED_TABLE = "42P01";
    public static final String UNDEFINED_PARAMETER = "42P02";
    public static final String DUPLICATE_PREPARED_STATEMENT = "42P05";
    public static final String TYPE_MISMATCH = "42804";
    public static final String UNDEFINED_OBJECT = "42704";
    public static final String TOO_MANY_CONNECTIONS = "53300";
    public static final String PROGRAM_LIMIT_EXCEEDED = "54000";
    public static final String STATEMENT_TOO_COMPLEX = "54001";
    public static final String QUERY_CANCELED = "57014";
    public static final String ADMIN_SHUTDOWN = "57P01";
    public static final String CANNOT_CONNECT_NOW = "57P03";
    public static final String IO_ERROR = "58030";
    public static final String INTERNAL_ERROR = "XX000";

    private SqlState() {}
}
