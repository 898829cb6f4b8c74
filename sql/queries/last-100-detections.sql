-- The last 100 detections by event time, newest first.
SELECT
  event_time,
  location_name,
  site,
  camera_id,
  item,
  confidence
FROM detections
ORDER BY event_time DESC
LIMIT 100;
