-- Which facts count, what the owner said last, when a case begins to count. Source: laws 2 and 3.

CREATE TABLE heard AS
SELECT * FROM known
WHERE getvariable('known_at') IS NULL OR since IS NULL OR since <= getvariable('known_at');

CREATE TABLE standing AS
SELECT * FROM heard
QUALIFY row_number() OVER (
  PARTITION BY case_no, source, event_id
  ORDER BY sequence DESC NULLS LAST, recorded_at DESC NULLS LAST, content DESC) = 1;

CREATE TABLE live AS
SELECT s.*, CASE WHEN namespace IN (SELECT namespace FROM owner) THEN coalesce(o.source = s.source, false)
                 ELSE s.source = namespace END AS is_own
FROM standing s ASOF LEFT JOIN owner o USING (namespace, occurred_at)
WHERE NOT EXISTS (
  SELECT 1 FROM standing r JOIN retracted USING (no)
  WHERE r.case_no = s.case_no AND r.source = s.source AND retracted.event_id = s.event_id);

-- `place` is that in the fold; facts of others stand between the owner's.
CREATE TABLE fact AS
SELECT *, row_number() OVER (
  PARTITION BY case_no ORDER BY occurred_at, rank, source, sequence NULLS FIRST, event_id) AS place
FROM live
WHERE occurred_at <= getvariable('as_of')
  AND case_no NOT IN (SELECT case_no FROM live WHERE is_own AND kind = 'VOIDED');

CREATE TABLE own AS SELECT * FROM fact WHERE is_own;

CREATE TABLE begun AS
SELECT case_no, min(occurred_at) AS started_at, arg_min(domain, place) AS domain, arg_min(source, place) AS owner
FROM own WHERE kind IN ('REGISTERED', 'RECEIVED', 'ACCEPTED') GROUP BY case_no;

-- Of documents, petitions and records no lateness is counted but their own.
CREATE TABLE administrative AS
SELECT case_no, started_at FROM begun
WHERE domain IN ('onestop', 'civil-status', 'judicial-records', 'business-registration', 'budget-codes');

CREATE MACRO last_word(field, is_told, place) AS arg_max(field, place) FILTER (is_told AND field IS NOT NULL);

CREATE TABLE said AS
SELECT case_no,
  last_word(channel, is_own, place) AS channel,
  last_word(fee_amount, is_own, place) AS fee_amount,
  last_word(online_payment, is_own, place) AS online_payment,
  last_word(parts, is_own, place) AS parts,
  last_word(digitised_parts, is_own, place) AS digitised_parts,
  last_word(reused_parts, is_own, place) AS reused_parts,
  last_word(is_result_electronic, is_own, place) AS is_result_electronic,
  last_word(is_population_data_used, is_own, place) AS is_population_data_used,
  last_word(is_electronic, is_own, place) AS is_electronic,
  last_word(sender, is_own, place) AS sender,
  last_word(about_case_id, is_own, place) AS about_case_id
FROM fact JOIN begun USING (case_no) GROUP BY case_no;

-- What indicators count: flows at an instant, and levels from an instant until another.
CREATE TABLE flow (id TEXT, part TEXT, case_no INTEGER, moment BIGINT, n BIGINT);
CREATE TABLE flow_of_unit (
  id TEXT, policy TEXT, part TEXT, case_no INTEGER, moment BIGINT, unit TEXT, procedure TEXT, n BIGINT);
CREATE TABLE level (
  id TEXT, policy TEXT, part TEXT, case_no INTEGER, since BIGINT, until BIGINT, unit TEXT, procedure TEXT);

-- How often a part counts in numerator, denominator and total; of a part `source/part` the second half is named.
CREATE TABLE formula (id TEXT, part TEXT, numerator INTEGER, denominator INTEGER, total INTEGER);

-- The figures of a share: yes and no are judged, what nobody says is in the total alone.
CREATE MACRO answer(yes, positive, negative) AS
  CASE WHEN yes IS NULL THEN 'unsaid' WHEN yes THEN positive ELSE negative END;
