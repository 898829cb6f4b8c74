-- The last 100 detections of one place, newest first.
-- Read backwards from the index over event_time until there are a hundred: for a place that is seldom seen, add a time bound.
-- Parameter 1: location_id, VARCHAR, for example 'loc-001'
SELECT
  event_time,
  camera_id,
  item,
  confidence
FROM detections
WHERE location_id = ?
ORDER BY event_time DESC
LIMIT 100;
