package io.sightline.gateway.sql;

import java.util.Arrays;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** Pieces of trees. */
final class Expressions {
    private Expressions() {}

    static SqlNode text(String value, SqlParserPos at) {
        return SqlLiteral.createCharString(value, at);
    }

    static SqlNode number(long value, SqlParserPos at) {
        return SqlLiteral.createExactNumeric(Long.toString(value), at);
    }

    static SqlNode cast(SqlNode value, SqlTypeName type, SqlParserPos at) {
        return cast(value, new SqlDataTypeSpec(new SqlBasicTypeNameSpec(type, at), at), at);
    }

    static SqlNode cast(SqlNode value, SqlDataTypeSpec type, SqlParserPos at) {
        return SqlStdOperatorTable.CAST.createCall(at, value, type);
    }

    /** A function by the engine's name for it. */
    static SqlCall function(String name, SqlParserPos at, SqlNode... arguments) {
        return new SqlUnresolvedFunction(
                        new SqlIdentifier(name, at), null, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION)
                .createCall(at, Arrays.asList(arguments));
    }
}
