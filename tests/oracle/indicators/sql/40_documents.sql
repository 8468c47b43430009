-- Documents in the three senses of "on time", and their electronic share. Source: systems.md, 1 (Decree 30/2020/NĐ-CP).

CREATE TABLE document AS
WITH step AS (
  SELECT case_no,
    min(occurred_at) FILTER (kind = 'REGISTERED') AS sent_at,
    min(occurred_at) FILTER (kind = 'RECEIVED') AS taken_at,
    -- Codes may be skipped: who assigned, handled or finished a document had entered it.
    min(occurred_at) FILTER (source_status IN ('03', '04', '05', '06') OR kind IN ('ACCEPTED', 'PROCESSED')) AS entered_at,
    -- The first word of the receiver; a request to take it back (13) is the sender's.
    min(occurred_at) FILTER (kind IN ('RECEIVED', 'REFUSED', 'ACCEPTED', 'PROCESSED')
      OR source_status IN ('03', '04', '05', '06')) AS acknowledged_at
  FROM own GROUP BY case_no)
SELECT s.*, b.started_at, least(sent_at, taken_at) AS arrived_at, o.end_kind, o.end_at, o.bucket, o.due_at,
  coalesce(o.end_kind IN ('REFUSED', 'WITHDRAWN', 'STOPPED'), false) AS is_gone
FROM step s JOIN begun b USING (case_no) JOIN outcome o USING (case_no) WHERE b.domain = 'documents';

-- The first working day on which somebody could act on what arrived, and the working day after it.
CREATE TABLE first_days AS
WITH arrived AS (
  SELECT d.case_no, d.moment, d.sense, p.calendar
  FROM (
    SELECT case_no, arrived_at AS moment, 'registered' AS sense FROM document WHERE arrived_at IS NOT NULL
    UNION ALL
    SELECT case_no, sent_at, 'acknowledged' FROM document WHERE sent_at IS NOT NULL) d
  ASOF JOIN place_calendar p ON d.case_no = p.case_no AND d.moment >= p.since),
opened AS (
  SELECT a.case_no, a.sense, a.calendar, min(s.day) AS day
  FROM arrived a JOIN session s ON s.calendar = a.calendar AND s.ends >= a.moment
  WHERE (a.calendar, day_of(a.moment)) IN (SELECT calendar, day FROM covered) GROUP BY ALL)
SELECT o.case_no, o.sense, w.ends AS same_day_until, next.ends AS next_day_until
FROM opened o JOIN workday w ON w.calendar = o.calendar AND w.day = o.day
LEFT JOIN workday next ON next.calendar = w.calendar AND next.n = w.n + 1 AND is_followed(next.calendar, next.day)
WHERE is_followed(w.calendar, w.day);

INSERT INTO flow
SELECT 'documents.registered', CASE WHEN next_day_until IS NULL THEN 'unsaid'
    WHEN entered_at <= same_day_until THEN 'same_day' WHEN entered_at <= next_day_until THEN 'next_day'
    WHEN entered_at IS NOT NULL OR getvariable('as_of') > next_day_until THEN 'late' ELSE 'pending' END, case_no,
  coalesce(arrived_at, started_at), 1
FROM document LEFT JOIN (SELECT * FROM first_days WHERE sense = 'registered') USING (case_no) WHERE entered_at IS NOT NULL OR NOT is_gone;
INSERT INTO formula VALUES ('documents.registered', 'same_day', 1, 1, 1), ('documents.registered', 'next_day', 1, 1, 1),
  ('documents.registered', 'late', 0, 1, 1), ('documents.registered', 'pending', 0, 0, 1),
  ('documents.registered', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT 'documents.acknowledged', CASE WHEN same_day_until IS NULL OR sent_at IS NULL THEN 'unsaid'
    WHEN acknowledged_at <= same_day_until THEN 'same_day'
    WHEN acknowledged_at IS NOT NULL OR getvariable('as_of') > same_day_until THEN 'late' ELSE 'pending' END, case_no,
  coalesce(sent_at, started_at), 1
FROM document LEFT JOIN (SELECT * FROM first_days WHERE sense = 'acknowledged') USING (case_no) WHERE acknowledged_at IS NOT NULL OR NOT is_gone;
INSERT INTO formula VALUES ('documents.acknowledged', 'same_day', 1, 1, 1), ('documents.acknowledged', 'late', 0, 1, 1),
  ('documents.acknowledged', 'pending', 0, 0, 1), ('documents.acknowledged', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT 'documents.resolved', CASE WHEN bucket IN ('early', 'on_time') THEN 'in_time'
    WHEN bucket IN ('late', 'overdue') THEN 'late' WHEN bucket IN ('no_deadline', 'unknown') THEN bucket
    ELSE 'pending' END, case_no, started_at, 1
FROM document WHERE NOT is_gone;
INSERT INTO formula VALUES ('documents.resolved', 'in_time', 1, 1, 1), ('documents.resolved', 'late', 0, 1, 1),
  ('documents.resolved', 'pending', 0, 0, 1), ('documents.resolved', 'no_deadline', 0, 0, 1),
  ('documents.resolved', 'unknown', 0, 0, 1);

INSERT INTO flow
SELECT 'check.document', if(coalesce(end_kind IN ('PROCESSED', 'RETURNED'), false), 'handled', 'open'),
  case_no, due_at, 1
FROM document WHERE NOT is_gone AND due_at < getvariable('as_of');
INSERT INTO formula VALUES ('check.document', 'handled', 1, 1, 1), ('check.document', 'open', 0, 1, 1);

INSERT INTO flow
SELECT 'documents.electronic', answer(is_electronic, 'electronic', 'paper'), case_no, started_at, 1
FROM document JOIN said USING (case_no);
INSERT INTO flow
SELECT 'coverage.electronic', answer(is_electronic, 'electronic', 'paper'), case_no, started_at, 1
FROM document JOIN said USING (case_no) WHERE sender IS NOT NULL;
INSERT INTO formula
SELECT id, part, numerator, denominator, 1 FROM (VALUES ('documents.electronic'), ('coverage.electronic')) i(id),
  (VALUES ('electronic', 1, 1), ('paper', 0, 1), ('unsaid', 0, 0)) p(part, numerator, denominator);
