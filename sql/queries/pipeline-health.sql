-- How each pipeline is doing: what it counted, how far it lags, how long events take, how complete answers are.
SELECT
  pipeline,
  records,
  events,
  originals,
  duplicates,
  dead_letters,
  unmatched,
  late,
  late_uncorrected,
  hot_evicted,
  lag_events,
  latency_p50_ms,
  latency_p99_ms,
  complete_up_to,
  updated_at
FROM pipeline_status
ORDER BY pipeline;
