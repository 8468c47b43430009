-- How long things took in working time without the pauses. Source: indicators.md, 1 (2.2) and 4; deadlines.md, 1 and 3.

-- Spans of one case that neither overlap nor touch; an open pause goes on.
CREATE TABLE waited AS
WITH marked AS (
  SELECT *, begins > coalesce(max(ends) OVER (
    PARTITION BY case_no ORDER BY begins, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), begins - 1) AS is_new
  FROM (SELECT case_no, begins, coalesce(ends, getvariable('as_of') + 1) AS ends FROM pause) WHERE begins < ends),
numbered AS (
  SELECT *, sum(is_new::INTEGER) OVER (PARTITION BY case_no ORDER BY begins, ends) AS island FROM marked)
SELECT case_no, min(begins) AS begins, max(ends) AS ends FROM numbered GROUP BY case_no, island;

CREATE TABLE span (id TEXT, case_no INTEGER, since BIGINT, until BIGINT, moment BIGINT);

INSERT INTO span
SELECT '2.2', a.case_no, a.moment, o.end_at, a.moment FROM accepted a JOIN outcome o USING (case_no)
SEMI JOIN administrative USING (case_no) WHERE end_at IS NOT NULL;

INSERT INTO span
SELECT 'processing.time', case_no, coalesce(accepted_at, received_at, registered_at), end_at, end_at
FROM outcome JOIN (
  SELECT case_no, min(occurred_at) FILTER (kind = 'ACCEPTED') AS accepted_at,
    min(occurred_at) FILTER (kind = 'RECEIVED') AS received_at,
    min(occurred_at) FILTER (kind = 'REGISTERED') AS registered_at FROM own GROUP BY case_no) USING (case_no)
SEMI JOIN administrative USING (case_no)
WHERE end_kind IN ('PROCESSED', 'RETURNED');

-- Stages of a dossier, by facts that delimit them on both sides.
CREATE TABLE stage AS
WITH step AS (
  SELECT case_no,
    min(occurred_at) FILTER (kind = 'REGISTERED') AS registered_at,
    min(occurred_at) FILTER (kind IN ('RECEIVED', 'ACCEPTED', 'REFUSED')) AS answered_at,
    arg_min(place, place) FILTER (kind IN ('RECEIVED', 'ACCEPTED')) AS taken_place,
    min(occurred_at) FILTER (kind IN ('RECEIVED', 'ACCEPTED')) AS taken_at,
    min(occurred_at) FILTER (kind = 'STEP' AND source_status = 'signing') AS submitted_at
  FROM own GROUP BY case_no),
handed AS (
  SELECT s.case_no, min(o.occurred_at) AS handed_on_at FROM step s JOIN own o USING (case_no)
  WHERE o.place > s.taken_place AND o.source_status = '4' GROUP BY s.case_no)
SELECT s.*, h.handed_on_at, if(o.end_kind = 'PROCESSED', o.end_at, NULL) AS processed_at,
  if(t.end_kind = 'RETURNED', t.end_at, NULL) AS returned_at
FROM step s JOIN begun b USING (case_no) JOIN outcome o USING (case_no) LEFT JOIN handed h USING (case_no)
LEFT JOIN hand_over t USING (case_no)
WHERE b.domain = 'onestop';

INSERT INTO span
SELECT 'stage.wait', case_no, registered_at, answered_at, answered_at FROM stage
UNION ALL
SELECT 'stage.desk', case_no, taken_at, handed_on_at, handed_on_at FROM stage
UNION ALL
SELECT 'stage.unit', case_no, handed_on_at, until, until FROM (
  SELECT *, CASE WHEN submitted_at <= coalesce(processed_at, submitted_at) THEN submitted_at ELSE processed_at END AS until
  FROM stage)
UNION ALL
SELECT 'stage.signing', case_no, submitted_at, processed_at, processed_at FROM stage
UNION ALL
SELECT 'stage.return', case_no, processed_at, returned_at, returned_at FROM stage;
-- One that would end before it begins is no stage.
DELETE FROM span WHERE since IS NULL OR until IS NULL OR (until < since AND starts_with(id, 'stage.'));

-- Working time by the calendar of who is charged at the end; a second belongs to the interval in which it ends.
CREATE TABLE timed AS
WITH numbered AS (SELECT *, row_number() OVER () AS no FROM span),
placed AS (
  SELECT s.*, p.calendar FROM numbered s ASOF JOIN place_calendar p ON s.case_no = p.case_no AND s.until >= p.since),
piece AS (
  SELECT no, calendar, since, until, 1 AS sign FROM placed
  UNION ALL
  SELECT no, calendar, greatest(since, begins), least(until, ends), -1 FROM placed JOIN waited USING (case_no)
  WHERE greatest(since, begins) < least(until, ends)),
worked AS (
  SELECT p.no, sum(p.sign * ((least(s.ends, p.until) - s.begins) // 1000 - (greatest(s.begins, p.since) - s.begins) // 1000))
    AS seconds
  FROM piece p JOIN session s ON s.calendar = p.calendar AND s.begins < p.until AND s.ends > p.since GROUP BY p.no),
uncovered AS (
  SELECT DISTINCT p.no FROM placed p JOIN day d ON d.ends >= p.since AND d.starts <= p.until
  WHERE p.calendar IS NULL
    OR (p.since < p.until AND (p.calendar, d.day) NOT IN (SELECT calendar, day FROM covered)))
SELECT p.*, p.until < p.since AS is_reversed, p.no IN (SELECT no FROM uncovered) AS is_uncovered,
  coalesce(seconds, 0) AS seconds
FROM placed p LEFT JOIN worked USING (no);

INSERT INTO flow
SELECT id, CASE WHEN is_reversed THEN 'end_before_start' WHEN is_uncovered THEN 'uncovered' ELSE 'ended' END, case_no, moment, 1
FROM timed WHERE id = '2.2'
UNION ALL
SELECT id, 'seconds', case_no, moment, seconds FROM timed WHERE id = '2.2' AND NOT is_reversed AND NOT is_uncovered;
INSERT INTO formula VALUES ('2.2', 'ended', 0, 1, 1), ('2.2', 'seconds', 1, 0, 0), ('2.2', 'end_before_start', 0, 0, 1),
  ('2.2', 'uncovered', 0, 0, 1);

INSERT INTO flow
SELECT id, if(is_reversed OR is_uncovered, 'unmeasured', 'count'), case_no, moment, 1 FROM timed WHERE id <> '2.2'
UNION ALL
SELECT id, 'seconds', case_no, moment, seconds FROM timed WHERE id <> '2.2' AND NOT is_reversed AND NOT is_uncovered;
INSERT INTO formula
SELECT DISTINCT id, part, numerator, denominator, total FROM (VALUES ('processing.time'), ('stage.wait'), ('stage.desk'),
    ('stage.unit'), ('stage.signing'), ('stage.return')) i(id),
  (VALUES ('count', 0, 1, 1), ('seconds', 1, 0, 0), ('unmeasured', 0, 0, 1)) p(part, numerator, denominator, total);

-- Reception: 8 working hours from the registration; equality is in time. A dossier that ends without an answer has waited
-- until then. An answer within 8 hours by the clock is in time whatever the calendar.
CREATE TABLE reception AS
WITH step AS (
  SELECT case_no, min(occurred_at) FILTER (kind = 'REGISTERED') AS registered_at,
    min(occurred_at) FILTER (kind IN ('RECEIVED', 'ACCEPTED', 'REFUSED', 'WITHDRAWN', 'STOPPED', 'PROCESSED', 'RETURNED'))
      AS first_at
  FROM own GROUP BY case_no),
asked AS (
  SELECT s.case_no, s.registered_at, if(s.first_at IS NULL, NULL, greatest(s.registered_at, s.first_at)) AS answered_at, p.calendar FROM (
    SELECT s.* FROM step s JOIN begun b USING (case_no) WHERE b.domain = 'onestop' AND registered_at IS NOT NULL) s
  ASOF JOIN place_calendar p ON s.case_no = p.case_no AND s.registered_at >= p.since),
worked AS (
  SELECT a.case_no, s.ends,
    sum(s.ends - greatest(s.begins, a.registered_at)) OVER (PARTITION BY a.case_no ORDER BY s.begins) AS milliseconds
  FROM asked a JOIN session s ON s.calendar = a.calendar AND s.ends > a.registered_at
    AND s.begins < a.registered_at + 40 * 86400000::BIGINT
  WHERE (a.calendar, day_of(a.registered_at)) IN (SELECT calendar, day FROM covered)),
limited AS (
  SELECT case_no, min(ends - (milliseconds - 8 * 3600000)) AS in_time_until FROM worked
  WHERE milliseconds >= 8 * 3600000 GROUP BY case_no)
SELECT a.*, CASE WHEN answered_at <= registered_at + 8 * 3600000 THEN greatest(answered_at, coalesce(in_time_until, 0))
  ELSE in_time_until END AS in_time_until
FROM asked a LEFT JOIN limited l USING (case_no);

INSERT INTO flow
SELECT 'reception.8h', CASE WHEN in_time_until IS NULL THEN 'unknown' WHEN answered_at <= in_time_until THEN 'in_time'
    ELSE 'late' END, case_no, answered_at, 1
FROM reception WHERE answered_at IS NOT NULL;

INSERT INTO level
WITH held AS (
  SELECT case_no, 'unknown' AS part, registered_at AS since, answered_at AS until FROM reception WHERE in_time_until IS NULL
  UNION ALL
  SELECT case_no, 'in_time', registered_at, least(answered_at, in_time_until + 1)
  FROM reception WHERE in_time_until IS NOT NULL
  UNION ALL
  SELECT case_no, 'late', in_time_until + 1, answered_at FROM reception WHERE in_time_until IS NOT NULL),
stay AS (
  SELECT *, lead(since) OVER (PARTITION BY case_no ORDER BY since) AS until FROM place)
SELECT 'reception.8h', NULL, unnest([h.part, 'waiting']), h.case_no, greatest(h.since, s.since),
  least(coalesce(h.until, 9000000000000), coalesce(s.until, 9000000000000)), s.unit, s.procedure
FROM held h JOIN stay s USING (case_no)
WHERE greatest(h.since, s.since) < least(coalesce(h.until, 9000000000000), coalesce(s.until, 9000000000000));
INSERT INTO formula VALUES ('reception.8h', 'in_time', 1, 1, 1), ('reception.8h', 'late', 0, 1, 1),
  ('reception.8h', 'unknown', 0, 0, 1);
