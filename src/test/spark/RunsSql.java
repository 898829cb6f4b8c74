import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Runs statements with Spark and Delta, and prints each row of each result as one line: {@code > 1|person|null}. */
public final class RunsSql {
    public static void main(String[] statements) {
        SparkSession spark = SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "1")
                .config("spark.databricks.delta.snapshotPartitions", "1")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .getOrCreate();
        for (String statement : statements) {
            for (Row row : spark.sql(statement).collectAsList()) {
                System.out.println("> " + row.toSeq().mkString("|"));
            }
        }
        spark.stop();
    }
}
