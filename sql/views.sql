-- Views over the counts that every pipeline reports. Read by every member at its start.

CREATE OR REPLACE VIEW dead_letter_reasons AS
SELECT
  pipeline,
  label AS reason,
  total AS dead_letters
FROM hot_counts
WHERE counter = 'dead_letters';

CREATE OR REPLACE VIEW duplicate_gaps AS
SELECT
  pipeline,
  CAST(label AS BIGINT) AS gap_up_to_ms,
  total AS duplicates
FROM hot_counts
WHERE counter = 'duplicate_gaps';

CREATE OR REPLACE VIEW rollup_status AS
SELECT
  pipeline,
  label AS rollup_name,
  SUM(CASE WHEN counter = 'corrections' THEN total ELSE 0 END) AS corrections,
  SUM(CASE WHEN counter = 'late_uncorrected' THEN total ELSE 0 END) AS late_uncorrected,
  SUM(CASE WHEN counter = 'rollup_overflow' THEN total ELSE 0 END) AS overflow
FROM hot_counts
WHERE counter IN ('corrections', 'late_uncorrected', 'rollup_overflow')
GROUP BY pipeline, label;
