-- How far figures can be trusted, per source. Source: indicators.md, 4; DESIGN, laws 1 to 3.

-- Cases in the month in which they began to count, under the source of their owner's first fact.
CREATE TABLE matter AS
SELECT b.case_no, b.started_at, arg_min(o.source, o.place) AS owner FROM begun b JOIN own o USING (case_no) GROUP BY ALL;
CREATE TABLE came_in AS
SELECT case_no, coalesce(min(occurred_at) FILTER (kind IN ('RECEIVED', 'ACCEPTED')),
  min(occurred_at) FILTER (kind = 'REGISTERED')) AS received_at
FROM own GROUP BY case_no;

-- Two versions of one fact that neither sequence nor time of recording tells apart are a conflict, others a revision.
CREATE TABLE version AS
SELECT case_no, source, event_id, sequence, recorded_at, content, min(occurred_at) AS occurred_at
FROM heard GROUP BY ALL;
CREATE TABLE doubted AS
SELECT a.case_no, bool_or(a.sequence IS NOT DISTINCT FROM b.sequence AND a.recorded_at IS NOT DISTINCT FROM b.recorded_at)
    AS is_conflicting,
  bool_or(a.sequence IS DISTINCT FROM b.sequence OR a.recorded_at IS DISTINCT FROM b.recorded_at) AS is_revised
FROM version a JOIN version b USING (case_no, source, event_id) WHERE a.content < b.content GROUP BY a.case_no;
CREATE TABLE repeat AS
SELECT DISTINCT case_no FROM (
  SELECT case_no FROM fact GROUP BY case_no, source, claim HAVING count(*) > 1);

INSERT INTO flow
SELECT id, owner || '/seen', case_no, started_at, 1
FROM matter, (VALUES ('trust.conflicts'), ('trust.revisions'), ('trust.duplicates'), ('trust.order'), ('trust.due')) i(id);
INSERT INTO flow
SELECT id, owner || '/' || part, case_no, started_at, 1
FROM matter JOIN (
  SELECT case_no, 'trust.conflicts' AS id, 'conflicting' AS part FROM doubted WHERE is_conflicting
  UNION ALL
  SELECT case_no, 'trust.revisions', 'revised' FROM doubted WHERE is_revised
  UNION ALL
  SELECT case_no, 'trust.duplicates', 'repeated' FROM repeat
  UNION ALL
  SELECT case_no, 'trust.order', 'reversed' FROM outcome JOIN came_in USING (case_no) WHERE end_at < received_at
  UNION ALL
  SELECT case_no, 'trust.due', if(clock_start IS NULL, 'waiting', 'no_due') FROM outcome WHERE due_at IS NULL)
  USING (case_no);

-- Expected moves between one-stop statuses; a status that is repeated is no move, another text no status.
CREATE TABLE move AS
SELECT * FROM (VALUES ('', '1,2'), ('1', '2,3,7'), ('2', '4,5,6,7,8,9'), ('3', ''), ('4', '5,6,7,8,9'), ('5', '4,7,8'),
  ('6', '4,7,8'), ('7', ''), ('8', ''), ('9', '10'), ('10', '')) m(status, nexts);
CREATE TABLE status AS
SELECT case_no, source_status AS status, coalesce(lag(source_status) OVER (PARTITION BY case_no ORDER BY place), '') AS before
FROM own JOIN begun b USING (case_no)
WHERE b.domain = 'onestop' AND source_status IN (SELECT status FROM move) AND source_status <> '';
INSERT INTO flow
SELECT 'trust.states', owner || '/' || part, case_no, started_at, 1
FROM matter JOIN (
  SELECT case_no, bool_or(s.status <> s.before AND NOT list_contains(string_split(nexts, ','), s.status)) AS is_skipped
  FROM status s JOIN move m ON m.status = s.before GROUP BY case_no) USING (case_no),
  (VALUES ('seen'), ('skipped')) p(part)
WHERE part = 'seen' OR is_skipped;

-- When the hub first knew of each fact; what was known from the beginning, or filled in later, did not arrive late.
CREATE TABLE arrival AS
WITH first_known AS (
  SELECT case_no, source, event_id, min(since) AS since FROM heard GROUP BY ALL HAVING count(*) = count(since))
SELECT f.case_no, f.source, f.occurred_at, k.since - f.occurred_at AS lag
FROM fact f JOIN begun USING (case_no) JOIN first_known k
  ON k.case_no = f.case_no AND k.source = f.source AND k.event_id = f.event_id
WHERE NOT EXISTS (
  SELECT 1 FROM backfill b WHERE b.source = f.source AND k.since >= b.since AND k.since < b.until);
INSERT INTO flow
SELECT 'trust.late', source || '/' || part, case_no, occurred_at, 1 FROM arrival, (VALUES ('seen'), ('late')) p(part)
WHERE part = 'seen' OR lag > 86400000
UNION ALL
SELECT 'trust.clock', source || '/seen', case_no, occurred_at, 1 FROM arrival
UNION ALL
SELECT 'trust.clock', source || '/ahead_' || CASE WHEN lag >= -1000 THEN '1s' WHEN lag >= -10000 THEN '10s'
    WHEN lag >= -60000 THEN '60s' WHEN lag >= -300000 THEN '300s' ELSE 'more' END, case_no, occurred_at, 1
FROM arrival WHERE lag < 0;

INSERT INTO formula
SELECT id, 'seen', 1, 1, 1 FROM (VALUES ('trust.due'), ('trust.order'), ('trust.conflicts'), ('trust.revisions'),
  ('trust.duplicates'), ('trust.states'), ('trust.late'), ('trust.clock')) i(id);
INSERT INTO formula
SELECT id, part, -1, 0, 0 FROM (VALUES ('trust.due', 'no_due'), ('trust.order', 'reversed'),
  ('trust.conflicts', 'conflicting'), ('trust.revisions', 'revised'), ('trust.duplicates', 'repeated'),
  ('trust.states', 'skipped'), ('trust.late', 'late'), ('trust.clock', 'ahead_1s'), ('trust.clock', 'ahead_10s'),
  ('trust.clock', 'ahead_60s'), ('trust.clock', 'ahead_300s'), ('trust.clock', 'ahead_more')) i(id, part);
INSERT INTO formula VALUES ('trust.due', 'waiting', -1, -1, 0);
