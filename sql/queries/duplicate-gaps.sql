-- How long after the original its duplicates came: what to choose a horizon by.
SELECT
  pipeline,
  gap_up_to_ms,
  duplicates
FROM duplicate_gaps
ORDER BY pipeline, gap_up_to_ms;
