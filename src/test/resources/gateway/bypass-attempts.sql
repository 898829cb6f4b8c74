-- # TABLE, VALUES and other queries that are not SELECT
TABLE detections
TABLE hot_detections
SELECT * FROM (TABLE detections) AS x
SELECT * FROM (TABLE hot_detections) AS x
SELECT * FROM (TABLE public.detections)
(TABLE detections)
TABLE detections ORDER BY item
TABLE detections LIMIT 3
SELECT item FROM detections UNION ALL (TABLE detections)
SELECT item FROM detections WHERE EXISTS (TABLE detections)
SELECT item FROM detections WHERE item IN (TABLE places)
WITH x AS (TABLE detections) SELECT * FROM x
VALUES ((SELECT MAX(lane) FROM detections))
VALUES (1)
SELECT * FROM (VALUES (1)) AS v(x)
-- # physical names
SELECT * FROM hot_detections
SELECT * FROM "hot_detections"
SELECT * FROM HOT_DETECTIONS
SELECT * FROM "HOT_detections"
SELECT * FROM public.hot_detections
SELECT * FROM hazelcast.public.hot_detections
SELECT * FROM "hazelcast"."public"."hot_detections"
SELECT * FROM "hazelcast"."public"."detections"
SELECT * FROM hazelcast.partitioned.hot_detections
SELECT * FROM partitioned.hot_detections
SELECT * FROM partitioned.detections
SELECT * FROM a.b.public.detections
SELECT * FROM hot_detections AS detections
SELECT * FROM detections AS d, hot_detections AS h
SELECT * FROM detections JOIN hot_detections USING (item)
SELECT * FROM (SELECT * FROM hot_detections) AS x
SELECT item FROM detections UNION ALL SELECT item FROM hot_detections
SELECT item FROM detections WHERE EXISTS (SELECT 1 FROM hot_detections WHERE hot_detections.lane > 1000000)
SELECT "hot_detections"."item" FROM detections
SELECT hot_detections.site FROM detections
SELECT hot_detections.camera_id FROM detections
SELECT __key FROM detections
SELECT this FROM detections
SELECT __key, this FROM detections
SELECT detections.__key FROM detections
-- # columns that are not granted
SELECT camera_id FROM detections
SELECT d.camera_id FROM detections AS d
SELECT detections.camera_id FROM detections
SELECT public.detections.camera_id FROM detections
SELECT "camera_id" FROM detections
SELECT COUNT(camera_id) FROM detections
SELECT MAX(camera_id) FROM detections
SELECT item FROM detections WHERE camera_id = 'camera-1'
SELECT item FROM detections ORDER BY camera_id
SELECT item FROM detections GROUP BY item, camera_id
SELECT item FROM detections GROUP BY item HAVING MAX(camera_id) > 'a'
SELECT a FROM detections AS d(a, b, c, d2, e, f, g, h, i)
SELECT c FROM detections AS d(a, b, c)
SELECT j FROM detections AS d(a, b, c, d2, e, f, g, h, i, j)
SELECT note FROM places
SELECT d.item FROM detections AS d JOIN places AS p ON d.camera_id = p.note
SELECT * FROM detections AS d NATURAL JOIN places AS p
SELECT * FROM (SELECT * FROM detections) AS d
SELECT CASE WHEN camera_id IS NULL THEN 1 ELSE 0 END FROM detections
-- # conditions that want to outgrow the filter
SELECT * FROM detections WHERE 1 = 1
SELECT * FROM detections WHERE TRUE OR site = 'hush'
SELECT * FROM detections WHERE site = 'hush'
SELECT * FROM detections WHERE site <> 'Reading'
SELECT * FROM detections WHERE NOT (site = 'Reading')
SELECT * FROM detections WHERE site IS NULL OR site IS NOT NULL
SELECT * FROM detections WHERE site LIKE '%'
SELECT * FROM detections WHERE site IN ('hush', 'Reading')
SELECT * FROM detections WHERE lane > 999999
SELECT * FROM detections WHERE item > 'a' OR 1 = 1
SELECT * FROM detections WHERE site = 'Reading' OR 'a' = 'a'
SELECT * FROM detections HAVING 1 = 1
SELECT MAX(site) FROM detections
SELECT MIN(site) FROM detections
SELECT SUM(total) FROM detections
SELECT AVG(lane), MAX(lane), MIN(lane), SUM(lane) FROM detections
SELECT MAX(price) FROM detections
SELECT COUNT(DISTINCT site), MAX(item) FROM detections
SELECT site, SUM(total) FROM detections GROUP BY site
SELECT site FROM detections GROUP BY site HAVING SUM(total) > 1000000
SELECT DISTINCT site FROM detections
SELECT ALL site FROM detections
SELECT site FROM detections ORDER BY site DESC
SELECT site FROM detections OFFSET 19
SELECT site FROM detections ORDER BY lane DESC LIMIT 1
-- # nesting, joins and set operations
SELECT * FROM (SELECT * FROM (SELECT * FROM detections) AS a) AS b
SELECT a.lane FROM detections AS a, detections AS b WHERE b.site = 'hush'
SELECT a.lane FROM detections AS a CROSS JOIN detections AS b
SELECT b.lane FROM places AS a LEFT JOIN detections AS b ON TRUE
SELECT b.lane FROM places AS a LEFT JOIN detections AS b ON a.site <> b.site
SELECT a.site FROM detections AS a RIGHT JOIN places AS b ON a.site = b.site
SELECT a.site FROM detections AS a FULL JOIN places AS b ON a.site = b.site
SELECT a.site, b.site FROM detections AS a JOIN detections AS b ON a.site <> b.site
SELECT site FROM detections UNION SELECT site FROM places
SELECT site FROM detections UNION ALL SELECT site FROM places
SELECT site FROM detections INTERSECT SELECT site FROM places
SELECT site FROM detections EXCEPT SELECT site FROM places
SELECT site FROM places EXCEPT ALL SELECT site FROM detections
SELECT site FROM detections MINUS SELECT site FROM places
(SELECT site FROM detections) UNION ALL (SELECT site FROM detections)
SELECT site FROM ((SELECT site FROM detections) UNION ALL (SELECT site FROM places)) AS u
SELECT place FROM places AS p WHERE EXISTS (SELECT 1 FROM detections AS d WHERE d.site <> p.site)
SELECT place FROM places AS p WHERE NOT EXISTS (SELECT 1 FROM detections AS d WHERE d.site = p.site)
SELECT place FROM places WHERE site IN (SELECT site FROM detections)
SELECT place FROM places WHERE (SELECT COUNT(*) FROM detections) > 20
SELECT (SELECT MAX(lane) FROM detections)
SELECT (SELECT MAX(lane) FROM hot_detections)
SELECT place FROM places WHERE lane > ALL (SELECT lane FROM detections)
SELECT place FROM places WHERE 1000001 = ANY (SELECT lane FROM detections)
SELECT d.item FROM places AS p, LATERAL (SELECT * FROM detections AS d WHERE d.site <> p.site) AS d
SELECT d.item FROM places AS p CROSS APPLY (SELECT * FROM detections) AS d
SELECT * FROM detections AS d JOIN LATERAL (SELECT * FROM places) AS p ON TRUE
WITH x AS (SELECT * FROM detections) SELECT * FROM x
WITH detections AS (SELECT * FROM hot_detections) SELECT * FROM detections
WITH detections AS (SELECT 'Reading' AS site) SELECT * FROM detections
WITH RECURSIVE x AS (SELECT * FROM detections) SELECT * FROM x
-- # names that shadow
SELECT detections.site FROM places AS detections
SELECT places.site FROM detections AS places
SELECT site FROM (SELECT 'x' AS site FROM detections) AS detections
SELECT hot_detections.lane FROM detections AS hot_detections
SELECT "detections".* FROM detections
SELECT d.*, p.* FROM detections AS d, places AS p
SELECT public.* FROM detections
SELECT * FROM detections detections
SELECT * FROM detections AS "x) OR 1=1 --"
SELECT * FROM detections AS "d""; DROP MAPPING hot_detections; --"
SELECT "site"" FROM hot_detections --" FROM detections
SELECT site AS "site"" FROM ""hot_detections" FROM detections
SELECT * FROM "detections " AS d
SELECT * FROM " detections"
SELECT * FROM "detections" "hot_detections"
-- # comments, quoting and Unicode
SELECT * FROM/**/hot_detections
SELECT * FROM detections -- WHERE site = 'Reading'
SELECT * FROM detections /* WHERE */ WHERE /* site = */ TRUE
SELECT /*+ NO_INDEX(hot_detections) */ * FROM detections
SELECT * FROM detections /*+ x(y='z') */
SELECT * FROM hot_detections -- detections
SELECT * FROM "hot\_detections"
SELECT * FROM U&"hot\005fdetections"
SELECT * FROM U&"\0068ot_detections"
SELECT * FROM "ｈot_detections"
SELECT * FROM "һot_detections"
SELECT * FROM DETECTIONS
SELECT * FROM "DETECTIONS"
SELECT * FROM detectıons
SELECT * FROM `hot_detections`
SELECT * FROM [hot_detections]
SELECT 'x'' FROM hot_detections --' FROM detections
SELECT 'x' || ' FROM hot_detections' FROM detections
SELECT * FROM detections WHERE item = '\' OR 1=1 --'
SELECT * FROM detections WHERE item = U&'\0027 OR 1=1 --'
SELECT * FROM detections WHERE item = '' OR '1' = '1'
SELECT * FROM detections WHERE item = $$x$$ OR TRUE
-- # several statements, and those that write
SELECT 1; SELECT * FROM hot_detections
SELECT * FROM detections; DROP MAPPING hot_detections
DROP MAPPING hot_detections
DROP VIEW detections
DROP TABLE detections
CREATE VIEW mine AS SELECT * FROM hot_detections
CREATE OR REPLACE VIEW detections AS SELECT * FROM hot_detections
CREATE MAPPING files TYPE File OPTIONS ('path' = '/etc')
CREATE TABLE x AS SELECT * FROM detections
CREATE JOB j AS SINK INTO places SELECT * FROM detections
INSERT INTO detections SELECT * FROM detections
SINK INTO hot_detections SELECT * FROM hot_detections
UPDATE detections SET site = 'Reading'
UPDATE hot_detections SET site = 'Reading'
DELETE FROM detections
DELETE FROM hot_detections
MERGE INTO detections USING places ON TRUE WHEN MATCHED THEN UPDATE SET site = 'Reading'
TRUNCATE TABLE detections
ALTER JOB detections SUSPEND
SET x = 1
EXPLAIN SELECT * FROM hot_detections
EXPLAIN PLAN FOR SELECT * FROM hot_detections
DESCRIBE detections
SHOW MAPPINGS
CALL f()
COPY detections TO STDOUT
-- # table functions and functions of the system
SELECT * FROM TABLE(csv_file('/etc'))
SELECT * FROM TABLE(json_flat_file(path => '/etc'))
SELECT * FROM TABLE(generate_series(1, 3))
SELECT * FROM TABLE(generate_stream(1))
SELECT * FROM generate_series(1, 3)
SELECT * FROM UNNEST(ARRAY[1, 2])
SELECT * FROM TABLE(TUMBLE(TABLE detections, DESCRIPTOR(event_time), INTERVAL '1' SECOND))
SELECT * FROM TABLE(TUMBLE(TABLE hot_detections, DESCRIPTOR(event_time), INTERVAL '1' SECOND))
SELECT * FROM TABLE(IMPOSE_ORDER(TABLE hot_detections, DESCRIPTOR(event_time), INTERVAL '1' SECOND))
SELECT GET_DDL('relation', 'hot_detections')
SELECT GET_DDL('relation', 'detections') FROM detections
SELECT pg_read_file('/etc/passwd')
SELECT pg_catalog.pg_read_file('/etc/passwd')
SELECT public.upper(site) FROM detections
SELECT rand() FROM detections
SELECT x(site) FROM detections
SELECT * FROM information_schema.mappings
SELECT * FROM information_schema.views
SELECT * FROM information_schema.columns
SELECT * FROM hazelcast.information_schema.dataconnections
SELECT * FROM sightline_pipelines
SELECT * FROM partitioned.sightline_pipelines
SELECT * FROM "__sql.catalog"
SELECT * FROM partitioned."__sql.catalog"
-- # other forms of SELECT
SELECT * FROM detections TABLESAMPLE BERNOULLI (100)
SELECT * FROM detections FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01 00:00:00'
SELECT * FROM detections EXTEND (camera_id VARCHAR)
SELECT * FROM detections (camera_id VARCHAR)
SELECT camera_id FROM detections(camera_id VARCHAR)
SELECT STREAM * FROM detections
SELECT ROW_NUMBER() OVER (ORDER BY item) FROM detections
SELECT item, SUM(lane) OVER (PARTITION BY site) FROM detections
SELECT item FROM detections WINDOW w AS (ORDER BY item)
SELECT item FROM detections QUALIFY TRUE
SELECT site FROM detections GROUP BY ROLLUP (site, item)
SELECT site FROM detections GROUP BY CUBE (site)
SELECT site FROM detections GROUP BY GROUPING SETS ((site), ())
SELECT * FROM detections MATCH_RECOGNIZE (PATTERN (a) DEFINE a AS TRUE)
SELECT * FROM detections PIVOT (SUM(lane) FOR site IN ('hush'))
SELECT COUNT(*) FILTER (WHERE TRUE) FROM detections
SELECT COUNT(*) WITHIN GROUP (ORDER BY site) FROM detections
SELECT LISTAGG(site) FROM detections
SELECT ARRAY(SELECT site FROM detections)
SELECT MULTISET(SELECT site FROM detections)
SELECT CURSOR(SELECT site FROM detections)
SELECT ARRAY[site] FROM detections
SELECT MAP['a', site] FROM detections
SELECT ROW(site, item) FROM detections
SELECT (site, item) FROM detections
SELECT * EXCEPT (item) FROM detections
SELECT * REPLACE (1 AS lane) FROM detections
SELECT CAST(site AS hot_detections) FROM detections
SELECT CAST(lane AS VARCHAR) FROM detections
SELECT CAST(site AS OBJECT) FROM detections
SELECT site::text FROM detections
SELECT item FROM detections WHERE site ~ '.*'
SELECT item FROM detections WHERE site SIMILAR TO '%'
SELECT item FROM detections WHERE site ILIKE '%'
SELECT item FROM detections LIMIT (SELECT COUNT(*) FROM hot_detections)
SELECT item FROM detections ORDER BY (SELECT MAX(lane) FROM hot_detections)
SELECT item FROM detections GROUP BY item, (SELECT 1)
SELECT NEXT VALUE FOR seq
SELECT CURRENT_USER, SESSION_USER, USER
SELECT CURRENT_VALUE FOR hot_detections
SELECT DEFAULT FROM detections
SELECT {fn CONCAT('a', site)} FROM detections
SELECT {d '2026-01-01'} FROM detections
SELECT * FROM detections FETCH FIRST 1 ROW ONLY
SELECT
SELECT FROM detections
FROM detections
'
"
;
