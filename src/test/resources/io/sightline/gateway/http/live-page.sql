CREATE OR REPLACE VIEW detections AS
SELECT item, site, camera_id, confidence, event_time + INTERVAL '10' MINUTE AS event_time, 'loc-1' AS location_id FROM hot_detections WHERE site = 'Reading';
CREATE OR REPLACE VIEW locations AS
SELECT place AS location_id,
  CASE WHEN place = 'loc-1' THEN 'Café Zur Brücke' WHEN place = 'loc-2' THEN 'Kai Øst' ELSE place END AS location_name,
  'Hafen' AS site, 51.5 + CAST(lat AS DOUBLE) AS latitude, 9.4 + CAST(lat AS DOUBLE) * 2 AS longitude
FROM (SELECT 'loc-' || SUBSTRING(place FROM 7) AS place, CAST('0.00' || SUBSTRING(place FROM 7) AS DOUBLE) AS lat FROM hot_places WHERE site = 'Reading');
CREATE OR REPLACE VIEW topic_partitions AS
SELECT 'detections' AS pipeline, 0 AS topic_partition, complete_up_to AS source_time, CAST(100 AS BIGINT) AS next_offset, lag_events FROM hot_pipeline_status;
CREATE OR REPLACE VIEW duplicate_gaps AS
SELECT 'detections' AS pipeline, CAST(gap AS BIGINT) AS gap_up_to_ms, CAST(n AS BIGINT) AS duplicates
FROM (VALUES (1000, 800), (5000, 199), (60000, 1)) AS g (gap, n);
CREATE OR REPLACE VIEW duplicates AS
SELECT 'detections' AS pipeline, 'an id' AS id, 'camera-1' AS sender, CAST(1200 AS BIGINT) AS gap_ms, complete_up_to AS source_time FROM hot_pipeline_status;
CREATE OR REPLACE VIEW dead_letter_reasons AS
SELECT 'detections' AS pipeline, reason, CAST(n AS BIGINT) AS dead_letters FROM (VALUES ('not_json', 1), ('bad_time', 1)) AS r (reason, n);
CREATE OR REPLACE VIEW dead_letters AS
SELECT 'detections' AS pipeline, 'not_json' AS reason, complete_up_to AS source_time, 0 AS topic_partition, CAST(7 AS BIGINT) AS record_offset,
  CAST(NULL AS VARCHAR) AS field, 'expected an object' AS detail, 'no { here' AS "text" FROM hot_pipeline_status
