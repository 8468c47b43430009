-- Petitions: which there are, what was done about each, and whether in time. Source: indicators.md, 1 (5.2, 5.3).

-- A case of its own is one petition. On other cases each PETITION of a source in the domain of feedback raises one, unless
-- it says that an earlier one is raised again; petitions of one source and instant are one.
CREATE TABLE petition AS
WITH told AS (
  SELECT case_no, source, occurred_at, bool_or(coalesce(is_raised_again, false)) AS is_again
  FROM fact SEMI JOIN (SELECT case_no FROM begun WHERE domain <> 'feedback') USING (case_no)
  WHERE domain = 'feedback' AND kind = 'PETITION' GROUP BY ALL),
raised AS (
  SELECT * FROM told QUALIFY NOT is_again OR row_number() OVER (PARTITION BY case_no, source ORDER BY occurred_at) = 1)
SELECT case_no, source, occurred_at AS raised_at,
  coalesce(lead(occurred_at) OVER (PARTITION BY case_no, source ORDER BY occurred_at), 9000000000000) AS next_at
FROM raised
UNION ALL
SELECT case_no, NULL, min(occurred_at), 9000000000000
FROM own SEMI JOIN (SELECT case_no FROM begun WHERE domain = 'feedback') USING (case_no)
WHERE kind = 'PETITION' GROUP BY case_no;

-- What is about each petition: the words of its source from when it is raised until the next one, and where it is a case of
-- its own the dislikes of others. Only a PETITION raises again; where `details` name no answer the kind does.
CREATE TABLE about AS
SELECT p.case_no, coalesce(p.source, '') AS source, p.raised_at, f.place, f.occurred_at,
  f.kind = 'PETITION' AND coalesce(f.is_raised_again, false) AS is_again,
  f.kind = 'RATED' AND coalesce(NOT f.is_satisfied, false) AS is_dislike,
  CASE WHEN f.kind = 'PETITION' THEN NULL
    WHEN answer = 'REFUSED' THEN 'reject' WHEN answer = 'MORE_ASKED' THEN 'ask-more'
    WHEN answer = 'RESOLVED' THEN 'resolve' WHEN answer = 'PUBLISHED' THEN 'publish'
    WHEN kind = 'REFUSED' THEN 'reject' WHEN kind = 'SUPPLEMENT_REQUESTED' THEN 'ask-more'
    WHEN kind IN ('PROCESSED', 'RETURNED') THEN 'resolve' WHEN kind IN ('WITHDRAWN', 'STOPPED') THEN 'close' END AS step
FROM petition p JOIN fact f ON f.case_no = p.case_no AND f.occurred_at >= p.raised_at AND f.occurred_at < p.next_at
WHERE CASE WHEN p.source IS NOT NULL THEN f.domain = 'feedback' AND f.source = p.source
      ELSE f.is_own OR (f.kind = 'RATED' AND coalesce(NOT f.is_satisfied, false)) END;

-- The clocks of each petition, event by event. Raising starts the clock anew; the first rejection, resolution or withdrawal
-- stops it, and so does a publication of what nobody said was resolved. The first request for more after each raising is
-- judged, and the publication after each resolution.
CREATE TABLE event AS
SELECT *, row_number() OVER (PARTITION BY case_no, source, raised_at ORDER BY place) AS n FROM (
  SELECT case_no, source, raised_at, place, occurred_at AS moment, if(is_again, 'again', step) AS step FROM about
  WHERE is_again OR step IS NOT NULL);

CREATE TABLE clock AS
WITH RECURSIVE run AS (
  SELECT case_no, coalesce(source, '') AS source, raised_at, 0::BIGINT AS n, raised_at AS runs_since,
    NULL::BIGINT AS resolved_at, false AS has_asked, NULL::TEXT AS step, NULL::BIGINT AS since, NULL::BIGINT AS until
  FROM petition
  UNION ALL
  SELECT r.case_no, r.source, r.raised_at, e.n,
    CASE WHEN e.step = 'again' THEN e.moment WHEN e.step = 'ask-more' THEN r.runs_since
      WHEN e.step = 'publish' AND r.resolved_at IS NOT NULL THEN r.runs_since END,
    CASE WHEN e.step = 'resolve' AND r.runs_since IS NOT NULL THEN e.moment
      WHEN e.step = 'ask-more' OR (e.step <> 'publish' AND r.runs_since IS NULL) THEN r.resolved_at END,
    CASE WHEN e.step = 'again' THEN false WHEN e.step = 'ask-more' THEN r.has_asked OR r.runs_since IS NOT NULL
      ELSE r.has_asked END,
    CASE WHEN e.step = 'publish' AND r.resolved_at IS NOT NULL THEN 'publish'
      WHEN r.runs_since IS NULL OR (e.step = 'ask-more' AND r.has_asked) THEN NULL
      WHEN e.step IN ('reject', 'ask-more') THEN e.step ELSE 'resolve' END,
    CASE WHEN e.step = 'publish' AND r.resolved_at IS NOT NULL THEN r.resolved_at ELSE r.runs_since END,
    e.moment
  FROM run r JOIN event e ON e.case_no = r.case_no AND e.source = r.source AND e.raised_at = r.raised_at AND e.n = r.n + 1)
SELECT * FROM run;

CREATE TABLE run AS
SELECT case_no, source, raised_at, step, since, until FROM clock WHERE step IS NOT NULL
UNION ALL
SELECT case_no, source, raised_at, 'resolve', runs_since, NULL
FROM (SELECT * FROM clock QUALIFY n = max(n) OVER (PARTITION BY case_no, source, raised_at)) WHERE runs_since IS NOT NULL;

-- The end of the nth working day after the day on which a clock starts, by the calendar of who is charged then.
CREATE TABLE judged_run AS
WITH placed AS (
  SELECT r.*, p.calendar, day_of(r.since) AS day
  FROM run r ASOF JOIN place_calendar p ON r.case_no = p.case_no AND r.since >= p.since),
allowed AS (SELECT *, days_allowed('5.2', step, day) AS working_days FROM placed),
counted AS (
  SELECT a.*, (SELECT count(*) FROM workday w WHERE w.calendar = a.calendar AND w.day <= a.day) + working_days AS n
  FROM allowed a)
SELECT c.*, w.ends AS in_time_until FROM counted c
LEFT JOIN workday w ON w.calendar = c.calendar AND w.n = c.n
  AND (c.calendar, c.day) IN (SELECT calendar, day FROM covered) AND is_followed(w.calendar, w.day);

CREATE TABLE judged_petition AS
SELECT case_no, source, raised_at,
  CASE WHEN bool_or(coalesce(until, getvariable('as_of')) > in_time_until) THEN false
       WHEN bool_or(in_time_until IS NULL) THEN NULL ELSE true END AS is_on_time
FROM judged_run GROUP BY ALL;

INSERT INTO flow
SELECT '5.2', answer(is_on_time, 'on_time', 'late'), case_no, raised_at, 1 FROM judged_petition;
INSERT INTO formula VALUES ('5.2', 'on_time', 1, 1, 1), ('5.2', 'late', 0, 1, 1), ('5.2', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT '5.3', CASE WHEN is_disputed OR NOT is_on_time THEN 'disputed' WHEN is_on_time THEN 'undisputed'
    ELSE 'unsaid' END, case_no, raised_at, 1
FROM judged_petition LEFT JOIN (
  SELECT case_no, source, raised_at, bool_or(is_again OR is_dislike) AS is_disputed FROM about GROUP BY ALL)
  USING (case_no, source, raised_at);
INSERT INTO formula VALUES ('5.3', 'undisputed', 1, 1, 1), ('5.3', 'disputed', 0, 1, 1), ('5.3', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT '5.4', 'petitions_apart', case_no, raised_at, 1 FROM petition JOIN said USING (case_no)
WHERE source IS NULL AND about_case_id IS NOT NULL;
