-- From what each case counts for to the figures of every unit, procedure and period. Source: DESIGN 5, "Cells".

CREATE TABLE counted AS
WITH placed AS (
  SELECT f.id, getvariable('policy') AS policy, f.part, f.case_no, f.moment, f.n, p.unit, p.procedure
  FROM flow f ASOF JOIN place p ON f.case_no = p.case_no AND f.moment >= p.since
  WHERE f.moment <= getvariable('as_of')
  UNION ALL
  SELECT id, coalesce(policy, getvariable('policy')), part, case_no, moment, n, unit, procedure FROM flow_of_unit)
SELECT id, policy, part, case_no, unit, procedure, period, n
FROM placed JOIN period m ON moment BETWEEN m.starts AND m.ends
UNION ALL
SELECT id, coalesce(policy, getvariable('policy')), part, case_no, unit, procedure, period, 1
FROM level JOIN period p ON since <= p.ends AND coalesce(until > p.ends, true);

CREATE TABLE weight AS
SELECT id, NULL AS policy, part, numerator, denominator, total FROM formula
UNION ALL
SELECT '2.1', policy, bucket, numerator::INTEGER, denominator::INTEGER, total::INTEGER FROM counts_in;

CREATE TABLE pooled AS
SELECT id, policy, part, a.pooled AS unit, 'all' AS procedure, period, sum(n)::BIGINT AS n
FROM counted c JOIN above a USING (unit) WHERE id <> 'trust.orphans' OR a.pooled IN ('all', 'unknown') GROUP BY ALL
UNION ALL
SELECT id, policy, part, a.pooled, procedure, period, sum(n)::BIGINT
FROM counted c JOIN above a USING (unit)
WHERE id IN (SELECT id FROM drilled) AND policy = getvariable('policy') GROUP BY ALL
UNION ALL
SELECT id, getvariable('policy'), part, unit, 'all', period, n FROM tallied;

CREATE TABLE figure AS
SELECT p.id, p.unit, p.procedure, p.period, p.policy,
  greatest(sum(n * coalesce(w.numerator, 0)), 0)::BIGINT AS numerator, sum(n * coalesce(w.denominator, 0))::BIGINT AS denominator,
  sum(n * coalesce(w.total, 0))::BIGINT AS total
FROM pooled p LEFT JOIN weight w ON w.id = p.id AND coalesce(w.policy = p.policy, true)
  AND w.part = regexp_extract(p.part, '[^/]*$')
WHERE p.id <> '1.4' GROUP BY ALL
UNION ALL
SELECT id, unit, 'all', period, getvariable('policy'), numerator, denominator, denominator FROM synchronised;

-- Durations by nearest rank: their exact values, for the quantiles of every unit and period.
CREATE TABLE duration AS
SELECT t.id, a.pooled AS unit, m.period, list_sort(list(t.seconds)) AS seconds
FROM timed t ASOF JOIN place p ON t.case_no = p.case_no AND t.moment >= p.since JOIN above a ON a.unit = p.unit
JOIN period m ON t.moment BETWEEN m.starts AND m.ends
WHERE t.id <> '2.2' AND NOT is_reversed AND NOT is_uncovered GROUP BY ALL;
CREATE TABLE quantile AS
SELECT id, unit, period, name, seconds[(len(seconds) * percent + 99) // 100] AS seconds
FROM duration, (VALUES ('median', 50), ('p90', 90)) q(name, percent);

-- The same for each case alone, to find one about which core and SQL differ.
CREATE VIEW pooled_alone AS
SELECT c.case_no, c.id, c.policy, c.part, a.pooled AS unit, 'all' AS procedure, c.period, sum(n)::BIGINT AS n
FROM counted c JOIN above a USING (unit) WHERE id <> 'trust.orphans' OR a.pooled IN ('all', 'unknown') GROUP BY ALL;
CREATE VIEW figure_alone AS
SELECT p.case_no, p.id, p.unit, p.procedure, p.period, p.policy,
  greatest(sum(n * coalesce(w.numerator, 0)), 0)::BIGINT AS numerator, sum(n * coalesce(w.denominator, 0))::BIGINT AS denominator,
  sum(n * coalesce(w.total, 0))::BIGINT AS total
FROM pooled_alone p LEFT JOIN weight w ON w.id = p.id AND coalesce(w.policy = p.policy, true)
  AND w.part = regexp_extract(p.part, '[^/]*$')
GROUP BY ALL;
