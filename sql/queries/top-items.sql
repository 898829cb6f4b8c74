-- The ten items detected most in the hour before the pipeline's watermark.
SELECT
  r.item,
  SUM(r.detections) AS detections
FROM detections_per_minute AS r
JOIN pipeline_status AS s
  ON r.window_start >= s.complete_up_to - INTERVAL '1' HOUR
WHERE s.pipeline = 'detections'
GROUP BY r.item
ORDER BY detections DESC
LIMIT 10;
