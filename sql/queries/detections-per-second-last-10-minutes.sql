-- Detections of all places by second, over the ten minutes before the pipeline's watermark.
SELECT
  r.window_start,
  SUM(r.detections) AS detections
FROM detections_per_second AS r
JOIN pipeline_status AS s
  ON r.window_start >= s.complete_up_to - INTERVAL '10' MINUTE
WHERE s.pipeline = 'detections'
GROUP BY r.window_start
ORDER BY r.window_start;
