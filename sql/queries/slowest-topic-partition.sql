-- The topic partitions furthest behind in source time, the slowest first: it holds the watermark back.
SELECT
  pipeline,
  topic_partition,
  source_time,
  next_offset,
  lag_events
FROM topic_partitions
ORDER BY source_time
LIMIT 10;
