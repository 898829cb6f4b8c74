-- The ten places with the most detections in the hour before the pipeline's watermark.
SELECT
  r.location_id,
  r.location_name,
  r.site,
  SUM(r.detections) AS detections
FROM detections_per_minute AS r
JOIN pipeline_status AS s
  ON r.window_start >= s.complete_up_to - INTERVAL '1' HOUR
WHERE s.pipeline = 'detections'
GROUP BY r.location_id, r.location_name, r.site
ORDER BY detections DESC
LIMIT 10;
