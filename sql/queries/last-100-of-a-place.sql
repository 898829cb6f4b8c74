-- The last 100 detections of one place, newest first.
-- Ordered by place as well: else the grid reads the index over event_time alone, and every row until it has its hundred.
-- Parameter 1: location_id, VARCHAR, for example 'loc-01'
SELECT
  event_time,
  camera_id,
  item,
  confidence
FROM detections
WHERE location_id = ?
ORDER BY location_id DESC, event_time DESC
LIMIT 100;
