-- Decision 766, groups 3 and 4. Source: indicators.md, 1.

-- A dossier is a case of the one-stop shop; accepted with its first ACCEPTED, without one with its first RECEIVED.
CREATE TABLE accepted AS
SELECT * FROM (
  SELECT case_no, coalesce(min(occurred_at) FILTER (kind = 'ACCEPTED'), min(occurred_at) FILTER (kind = 'RECEIVED')) AS moment
  FROM own GROUP BY case_no)
WHERE moment IS NOT NULL;
CREATE TABLE dossier AS SELECT case_no, moment FROM begun JOIN accepted USING (case_no) WHERE domain = 'onestop';

-- The row of the procedure in force when the dossier was accepted: dated rows before undated ones, those of the level
-- that decides before others, of several for one level the one known last; none if that leaves more than one.
CREATE TABLE procedure_of AS
WITH asked AS (
  SELECT d.case_no, d.moment, o.procedure, o.level, day
  FROM dossier d JOIN outcome o USING (case_no) JOIN day ON d.moment BETWEEN day.starts AND day.ends),
dated AS (
  SELECT a.case_no, a.level, p.*,
    p.valid_from IS NOT NULL OR p.valid_to IS NOT NULL AS is_dated,
    coalesce(list_contains(p.levels, a.level), false) AS is_of_level
  FROM asked a JOIN procedure p ON p.code = a.procedure
    AND coalesce(p.valid_from <= a.day, true) AND coalesce(a.day < p.valid_to, true)),
nearest AS (
  SELECT * FROM (SELECT * FROM dated QUALIFY is_dated OR NOT bool_or(is_dated) OVER (PARTITION BY case_no))
  QUALIFY is_of_level OR NOT bool_or(is_of_level) OVER (PARTITION BY case_no)),
newest AS (
  SELECT * FROM nearest n WHERE NOT EXISTS (
    SELECT 1 FROM nearest m WHERE m.case_no = n.case_no AND m.known_from > n.known_from
      AND len(list_intersect(m.levels, n.levels)) > 0))
SELECT case_no, any_value(fee) AS fee, any_value(document_result) AS document_result
FROM newest GROUP BY case_no HAVING count(*) = 1;

-- `has_payment`: the payment platform had a successful payment; `is_asked`: the population database was asked.
CREATE TABLE elsewhere AS
SELECT case_no,
  min(occurred_at) FILTER (NOT is_own AND domain = 'payments' AND kind = 'PAID' AND payment_status = 'PAID') AS paid_at,
  coalesce(bool_or(domain = 'population' AND kind = 'VERIFIED'), false) AS is_asked
FROM fact GROUP BY case_no;

-- The result: none due where the procedure gives no document or the dossier ended without one, not there while it is open.
CREATE TABLE word AS
SELECT d.case_no, d.moment, s.*EXCLUDE (case_no), p.fee, p.document_result, e.paid_at, e.is_asked, o.end_kind, o.end_at,
  o.end_kind IS NULL AS is_open,
  coalesce(o.end_kind IN ('REFUSED', 'WITHDRAWN', 'STOPPED'), false) AS is_without_result,
  CASE WHEN channel IS NULL OR channel = 'UNKNOWN' THEN NULL ELSE channel = 'ONLINE' END AS is_online,
  paid_at IS NOT NULL OR coalesce(online_payment IN ('NATIONAL_PORTAL', 'LOCAL_GATEWAY'), false) AS has_online_payment,
  CASE WHEN online_payment IN ('NATIONAL_PORTAL', 'LOCAL_GATEWAY') THEN true
       WHEN online_payment = 'NONE' THEN paid_at IS NOT NULL END AS is_paid_online
FROM dossier d JOIN said s USING (case_no) JOIN elsewhere e USING (case_no) JOIN outcome o USING (case_no)
LEFT JOIN procedure_of p USING (case_no);

-- Whether nothing of the result is on paper alone or still to come, and whether it is shared; NULL: nobody says. A source
-- that says a file is linked says that the result is there, whatever else is known of the dossier.
CREATE TABLE result AS
SELECT *,
  CASE WHEN is_result_electronic OR is_without_result OR document_result = false THEN true
       WHEN document_result AND (is_open OR NOT is_result_electronic) THEN false END AS is_electronic_result,
  CASE WHEN is_result_electronic IS NOT NULL THEN is_result_electronic
       WHEN is_open OR is_without_result OR document_result = false THEN false END AS is_shared_result
FROM word;

INSERT INTO flow
SELECT '3.3', answer(is_online AND is_electronic_result, 'online', 'otherwise'), case_no, moment, 1 FROM result;
INSERT INTO formula VALUES ('3.3', 'online', 1, 1, 1), ('3.3', 'otherwise', 0, 1, 1), ('3.3', 'unsaid', 0, 0, 1);

-- 3.6: a fee the dossier names itself goes before the table; whose source does not say how it was paid is not judged.
INSERT INTO flow
SELECT '3.6', answer(CASE WHEN has_fee THEN is_paid_online END, 'online', 'otherwise'), case_no, moment, 1
FROM (SELECT *, CASE WHEN fee_amount IS NOT NULL THEN fee_amount > 0
                     WHEN fee = 'yes' THEN true WHEN fee = 'no' THEN false END AS has_fee FROM word)
WHERE has_fee IS DISTINCT FROM false;
INSERT INTO formula VALUES ('3.6', 'online', 1, 1, 1), ('3.6', 'otherwise', 0, 1, 1), ('3.6', 'unsaid', 0, 0, 1);

-- 4.1: of procedures with a document as result; a dossier that ended without one is left out unless a file is linked.
INSERT INTO flow
SELECT '4.1', CASE WHEN document_result IS NULL THEN 'unsaid'
                   WHEN is_open AND is_result_electronic IS NULL THEN 'not_linked'
                   ELSE answer(is_result_electronic, 'linked', 'not_linked') END, case_no, moment, 1
FROM word
WHERE document_result IS DISTINCT FROM false AND (NOT is_without_result OR coalesce(is_result_electronic, false));
INSERT INTO formula VALUES ('4.1', 'linked', 1, 1, 1), ('4.1', 'not_linked', 0, 1, 1), ('4.1', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT '4.2', answer(digitised_parts >= parts AND is_electronic_result, 'digitised', 'not_digitised'), case_no, moment, 1
FROM result;
INSERT INTO formula
VALUES ('4.2', 'digitised', 1, 1, 1), ('4.2', 'not_digitised', 0, 1, 1), ('4.2', 'unsaid', 0, 0, 1);

INSERT INTO flow SELECT '4.3', answer(reused_parts >= 1, 'reusing', 'not_reusing'), case_no, moment, 1 FROM word;
INSERT INTO formula VALUES ('4.3', 'reusing', 1, 1, 1), ('4.3', 'not_reusing', 0, 1, 1), ('4.3', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT '4.4', answer(CASE WHEN reused_parts IS NOT NULL AND is_shared_result IS NOT NULL
    THEN reused_parts >= 1 OR is_shared_result END, 'shared', 'not_shared'), case_no, moment, 1 FROM result;
INSERT INTO formula VALUES ('4.4', 'shared', 1, 1, 1), ('4.4', 'not_shared', 0, 1, 1), ('4.4', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT '4.5b', answer(CASE WHEN is_population_data_used IS NOT NULL THEN is_population_data_used OR is_asked END,
    'using', 'not_using'), case_no, moment, 1
FROM word;
INSERT INTO formula VALUES ('4.5b', 'using', 1, 1, 1), ('4.5b', 'not_using', 0, 1, 1), ('4.5b', 'unsaid', 0, 0, 1);

-- 5.4: 100 % less the late rate and the rate with a dislike or petition, of the dossiers the first policy judges.
CREATE TABLE disliked AS
SELECT DISTINCT case_no FROM fact
WHERE domain = 'feedback' AND (kind = 'PETITION' OR (kind = 'RATED' AND is_satisfied = false));

CREATE TABLE contentment AS
SELECT d.case_no, d.moment, CASE WHEN bucket IN ('late', 'overdue') THEN 'late'
    WHEN bucket IN ('early', 'on_time', 'in_time', 'due_soon', 'paused') THEN 'on_time' ELSE 'unjudged' END AS part
FROM dossier d JOIN outcome USING (case_no);
INSERT INTO flow SELECT '5.4', part, case_no, moment, 1 FROM contentment;
INSERT INTO flow
SELECT '5.4', 'disliked', case_no, moment, 1 FROM contentment SEMI JOIN disliked USING (case_no) WHERE part <> 'unjudged';
INSERT INTO formula VALUES ('5.4', 'on_time', 1, 1, 1), ('5.4', 'late', 0, 1, 1), ('5.4', 'disliked', -1, 0, 0),
  ('5.4', 'unjudged', 0, 0, 1), ('5.4', 'petitions_apart', 0, 0, 0);
