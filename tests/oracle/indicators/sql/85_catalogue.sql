-- What is imported: the catalogue of procedures, the portal's counts, the agencies expected. Source: indicators.md, 1, 2.

CREATE TABLE reporting AS
SELECT period, starts, ends, day_of(starts) AS first_day, day_of(ends) AS day FROM period;

CREATE TABLE catalogue_row AS
SELECT *, coalesce(known_from, -1) AS since FROM catalogue WHERE is_known(known_from)
QUALIFY row_number() OVER (PARTITION BY unit, procedure, level, valid_from ORDER BY coalesce(known_from, -1) DESC) = 1;

CREATE TABLE in_force AS
SELECT r.period, r.day AS reporting_day, r.first_day, c.*
FROM reporting r JOIN catalogue_row c ON c.valid_from <= r.day AND coalesce(r.day < c.valid_to, true)
QUALIFY row_number() OVER (PARTITION BY r.period, c.unit, c.procedure, c.level ORDER BY c.since DESC) = 1;

-- A commune, district or department has the procedures of its own level, its own and those of the units above it; any
-- other unit those of all units above and below it. Of several rows for a procedure and level the nearest unit's counts.
CREATE TABLE entry AS
WITH seen AS (
  SELECT a.unit AS of_unit, a.pooled AS unit, a.distance AS far FROM above a
  UNION
  SELECT a.pooled, a.unit, 100 FROM above a WHERE a.distance > 0)
SELECT s.of_unit, f.* FROM seen s JOIN in_force f ON f.unit = s.unit LEFT JOIN unit u ON u.unit = s.of_unit
WHERE (u.level IS NULL OR u.level = 'province' OR (f.level = u.level AND s.far < 100))
QUALIFY row_number() OVER (PARTITION BY s.of_unit, f.period, f.procedure, f.level ORDER BY s.far, f.unit) = 1;

CREATE TABLE tallied (id TEXT, unit TEXT, period TEXT, part TEXT, n BIGINT);

-- Announced so many working days before the basis takes effect (1.1), published so many after the decision (1.2).
CREATE TABLE decided AS
SELECT e.*, u.calendar, if(e.level = 'ministry', 'ministry', 'province') AS step
FROM entry e LEFT JOIN unit u USING (unit) WHERE decision_on BETWEEN first_day AND reporting_day;
CREATE TABLE step_of_publicity AS
SELECT '1.1' AS id, of_unit, period, announced_on AS done_on, effective_on AS counted_from, -1 AS direction, calendar, step,
  decision_on FROM decided
UNION ALL
SELECT '1.2', of_unit, period, published_on, decision_on, 1, calendar, step, decision_on FROM decided;
INSERT INTO tallied
WITH allowed AS (SELECT *, days_allowed(id, step, decision_on) AS working_days FROM step_of_publicity),
counted AS (
  SELECT a.*, CASE WHEN direction = 1
    THEN (SELECT count(*) FROM workday w WHERE w.calendar = a.calendar AND w.day <= a.counted_from) + working_days
    ELSE (SELECT count(*) FROM workday w WHERE w.calendar = a.calendar AND w.day < a.counted_from) - working_days + 1
    END AS n FROM allowed a)
SELECT id, of_unit, period, CASE WHEN done_on IS NULL OR counted_from IS NULL THEN 'undated'
    WHEN w.day IS NULL THEN 'uncovered' WHEN done_on <= w.day THEN 'on_time' ELSE 'late' END AS part, count(*)
FROM counted c LEFT JOIN workday w ON w.calendar = c.calendar AND w.n = c.n
  AND (c.calendar, c.counted_from) IN (SELECT calendar, day FROM covered)
GROUP BY ALL;
INSERT INTO formula
SELECT id, part, numerator, denominator, 1 FROM (VALUES ('1.1'), ('1.2')) i(id),
  (VALUES ('on_time', 1, 1), ('late', 0, 1), ('undated', 0, 0), ('uncovered', 0, 0)) p(part, numerator, denominator);

INSERT INTO tallied
SELECT '1.3', of_unit, period, answer(is_complete, 'complete', 'incomplete'), count(*) FROM entry
WHERE published_on <= reporting_day GROUP BY ALL
UNION ALL
SELECT '3.1', of_unit, period, answer(online_level <> 'none', 'offered', 'not_offered'), count(*) FROM entry GROUP BY ALL
UNION ALL
SELECT '3.5a', of_unit, period, answer(if(has_fee, is_fee_integrated, NULL), 'integrated', 'not_integrated'), count(*)
FROM entry WHERE has_fee IS DISTINCT FROM false GROUP BY ALL
UNION ALL
SELECT '4.5a', of_unit, period, answer(if(is_subject_person, is_population_connected, NULL), 'connected', 'not_connected'),
  count(*)
FROM entry WHERE is_subject_person IS DISTINCT FROM false GROUP BY ALL;
INSERT INTO formula VALUES ('1.3', 'complete', 1, 1, 1), ('1.3', 'incomplete', 0, 1, 1), ('1.3', 'unsaid', 0, 0, 1),
  ('3.1', 'offered', 1, 1, 1), ('3.1', 'not_offered', 0, 1, 1), ('3.1', 'unsaid', 0, 0, 1),
  ('3.5a', 'integrated', 1, 1, 1), ('3.5a', 'not_integrated', 0, 1, 1), ('3.5a', 'unsaid', 0, 0, 1),
  ('4.5a', 'connected', 1, 1, 1), ('4.5a', 'not_connected', 0, 1, 1), ('4.5a', 'unsaid', 0, 0, 1);

-- Distinct procedures: those of the catalogue that had a dossier in the period, wherever below the unit.
CREATE TABLE used AS
SELECT DISTINCT '3.2' AS id, a.pooled AS unit, m.period, p.procedure
FROM word w ASOF JOIN place p ON w.case_no = p.case_no AND w.moment >= p.since JOIN above a ON a.unit = p.unit
JOIN period m ON w.moment BETWEEN m.starts AND m.ends WHERE w.is_online
UNION
SELECT DISTINCT '3.5b', a.pooled, m.period, p.procedure
FROM word w ASOF JOIN place p ON w.case_no = p.case_no AND w.moment >= p.since JOIN above a ON a.unit = p.unit
JOIN period m ON w.moment BETWEEN m.starts AND m.ends WHERE w.has_online_payment;
CREATE TABLE asked_procedure AS
SELECT '3.2' AS id, of_unit AS unit, period, procedure, if(bool_or(online_level <> 'none'), true,
  if(bool_or(online_level IS NULL), NULL, false)) AS is_asked FROM entry GROUP BY ALL
UNION ALL
SELECT '3.5b', of_unit, period, procedure, if(bool_or(has_fee), true, if(bool_or(has_fee IS NULL), NULL, false))
FROM entry GROUP BY ALL;
INSERT INTO tallied
SELECT id, a.unit, a.period, CASE WHEN is_asked IS NULL THEN 'unsaid' WHEN a.id = '3.2' THEN if(u.procedure IS NULL, 'unused', 'used')
    ELSE if(u.procedure IS NULL, 'unpaid', 'paid') END AS part, count(*)
FROM asked_procedure a LEFT JOIN used u USING (id, unit, period, procedure)
WHERE is_asked IS DISTINCT FROM false GROUP BY ALL;
INSERT INTO formula
VALUES ('3.2', 'used', 1, 1, 1), ('3.2', 'unused', 0, 1, 1), ('3.2', 'unsaid', 0, 0, 1), ('3.5b', 'paid', 1, 1, 1),
  ('3.5b', 'unpaid', 0, 1, 1), ('3.5b', 'unsaid', 0, 0, 1);

-- 1.4: the portal's newest count of the unit's own row, against what the hub counted.
CREATE TABLE synchronised AS
WITH counts AS (
  SELECT * FROM portal WHERE is_known(known_from) AND as_of <= getvariable('as_of')
  QUALIFY row_number() OVER (PARTITION BY unit, period ORDER BY as_of DESC, coalesce(known_from, -1) DESC) = 1),
reported AS (
  SELECT a.pooled AS unit, m.period, count(*) AS n
  FROM dossier d ASOF JOIN place p ON d.case_no = p.case_no AND d.moment >= p.since JOIN above a ON a.unit = p.unit
  JOIN period m ON d.moment BETWEEN m.starts AND m.ends GROUP BY ALL)
SELECT '1.4' AS id, c.unit, c.period, c.synchronised AS numerator,
  greatest(coalesce(r.n, 0), c.known_to_portal, c.synchronised) AS denominator, coalesce(r.n, 0) AS reported,
  c.known_to_portal
FROM counts c LEFT JOIN reported r USING (unit, period);

INSERT INTO tallied
SELECT id, unit, period, part, n FROM (
  UNPIVOT (SELECT id, unit, period, numerator AS synchronised, reported, known_to_portal FROM synchronised)
  ON synchronised, reported, known_to_portal INTO NAME part VALUE n);

-- Agencies expected on the reporting day, and whether one or a unit below it received an electronic document.
CREATE TABLE expected AS
SELECT DISTINCT r.period, r.starts, r.ends, unit FROM (
  SELECT r.*, a.* FROM reporting r JOIN (
    SELECT *, coalesce(known_from, -1) AS since FROM agency WHERE is_known(known_from)
    QUALIFY row_number() OVER (PARTITION BY unit, link, valid_from ORDER BY coalesce(known_from, -1) DESC) = 1) a
  ON a.valid_from <= r.day AND coalesce(r.day < a.valid_to, true)) r;
CREATE TABLE active AS
SELECT DISTINCT m.period, a.pooled AS unit
FROM flow f ASOF JOIN place p ON f.case_no = p.case_no AND f.moment >= p.since JOIN above a ON a.unit = p.unit
JOIN period m ON f.moment BETWEEN m.starts AND m.ends
WHERE f.id = 'documents.electronic' AND f.part = 'electronic';
INSERT INTO tallied
SELECT 'coverage.agencies', a.pooled, e.period, if(t.unit IS NULL, 'silent', 'active'), count(DISTINCT e.unit)
FROM expected e JOIN above a ON a.unit = e.unit LEFT JOIN active t ON t.unit = e.unit AND t.period = e.period GROUP BY ALL;
INSERT INTO formula VALUES ('coverage.agencies', 'active', 1, 1, 1), ('coverage.agencies', 'silent', 0, 1, 1);
