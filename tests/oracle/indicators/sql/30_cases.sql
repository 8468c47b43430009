-- What every case, administrative procedure or dossier is counted for: channels, ends, payment, apologies, supplements, due instants.

INSERT INTO flow
SELECT 'channel', lower(coalesce(channel, 'unknown')), case_no, started_at, 1 FROM administrative JOIN said USING (case_no);
INSERT INTO formula VALUES ('channel', 'online', 1, 1, 1), ('channel', 'in_person', 0, 1, 1),
  ('channel', 'public_post', 0, 1, 1), ('channel', 'email', 0, 1, 1), ('channel', 'internal', 0, 1, 1),
  ('channel', 'unknown', 0, 0, 1);

INSERT INTO flow SELECT 'ends', lower(end_kind), case_no, end_at, 1
FROM outcome SEMI JOIN administrative USING (case_no) WHERE end_kind IS NOT NULL;
INSERT INTO formula VALUES ('ends', 'processed', 1, 1, 1), ('ends', 'returned', 1, 1, 1), ('ends', 'refused', 0, 1, 1),
  ('ends', 'withdrawn', 0, 1, 1), ('ends', 'stopped', 0, 1, 1);

-- A dossier is paid if the platform had a payment, its source marks it as paid online, or its source tells a payment.
-- The mark is at the first fact since which it has not been another one.
CREATE TABLE online_mark AS
WITH told AS (
  SELECT case_no, place, occurred_at, online_payment,
    lag(online_payment) OVER (PARTITION BY case_no ORDER BY place) IS NOT DISTINCT FROM online_payment AS is_same
  FROM own WHERE online_payment IS NOT NULL)
SELECT case_no, arg_max(online_payment, place) AS mark, max_by(occurred_at, place) FILTER (NOT is_same) AS since
FROM told GROUP BY case_no;

CREATE TABLE paid AS
SELECT case_no, e.paid_at, m.mark, m.since AS marked_at,
  (SELECT min(occurred_at) FROM own WHERE own.case_no = b.case_no AND kind = 'PAID') AS told_at
FROM begun b JOIN elsewhere e USING (case_no) LEFT JOIN online_mark m USING (case_no) WHERE domain = 'onestop';

INSERT INTO flow
SELECT 'payment', CASE WHEN paid_at IS NOT NULL OR mark IN ('NATIONAL_PORTAL', 'LOCAL_GATEWAY') THEN 'online'
    WHEN mark = 'NONE' THEN 'direct' ELSE 'unsaid' END, case_no, moment, 1
FROM (SELECT *, least(paid_at, told_at,
    CASE WHEN mark IN ('NATIONAL_PORTAL', 'LOCAL_GATEWAY') THEN marked_at END) AS moment FROM paid)
WHERE moment IS NOT NULL;
INSERT INTO formula VALUES ('payment', 'online', 1, 1, 1), ('payment', 'direct', 0, 1, 1), ('payment', 'unsaid', 0, 0, 1);

-- Cross-check: dossier paid but no payment, or the reverse.
INSERT INTO flow
SELECT 'check.payment', CASE WHEN mark = 'NATIONAL_PORTAL' THEN if(paid_at IS NULL, 'differs', 'agrees')
    WHEN mark = 'LOCAL_GATEWAY' AND paid_at IS NOT NULL THEN 'agrees'
    WHEN mark = 'NONE' THEN 'differs' ELSE 'unsaid' END, case_no,
  least(paid_at, CASE WHEN mark IN ('NATIONAL_PORTAL', 'LOCAL_GATEWAY') THEN marked_at END), 1
FROM paid WHERE paid_at IS NOT NULL OR mark IN ('NATIONAL_PORTAL', 'LOCAL_GATEWAY');
INSERT INTO formula VALUES ('check.payment', 'agrees', 1, 1, 1), ('check.payment', 'differs', 0, 1, 1),
  ('check.payment', 'unsaid', 0, 0, 1);

-- An apology for every case that is late: a letter so many hours before the due instant, and at most one new appointment.
-- Counted when the due instant has passed, not before the case began; who was asked too often is late, but owed none before. What
-- comes after the end that stands does not count.
CREATE TABLE letter AS
SELECT case_no, min(occurred_at) FILTER (kind = 'APOLOGY_SENT') AS sent_at,
  count(*) FILTER (kind = 'EXTENDED' AND own.due_at IS NOT NULL) AS appointments
FROM own JOIN outcome o USING (case_no) JOIN begun b USING (case_no)
WHERE o.end_at IS NULL OR own.occurred_at <= greatest(o.end_at, b.started_at) GROUP BY case_no;
INSERT INTO flow
SELECT 'apology', CASE WHEN new_appointments IS NULL THEN 'unsaid' WHEN sent_at IS NULL THEN 'no_apology'
    WHEN sent_at > due_at - ahead_hours * 3600000 THEN 'apology_late'
    WHEN appointments > new_appointments THEN 'second_appointment' ELSE 'kept' END, case_no,
  greatest(due_at + 1, started_at), 1
FROM outcome JOIN letter USING (case_no) JOIN administrative USING (case_no) WHERE bucket IN ('late', 'overdue');
INSERT INTO formula VALUES ('apology', 'kept', 1, 1, 1), ('apology', 'no_apology', 0, 1, 1),
  ('apology', 'apology_late', 0, 1, 1), ('apology', 'second_appointment', 0, 1, 1), ('apology', 'unsaid', 0, 0, 1);

-- One notice for all defects.
INSERT INTO flow
SELECT 'supplement.once', if(count(*) <= 1, 'kept', 'repeated'), case_no, min(occurred_at), 1
FROM own SEMI JOIN administrative USING (case_no) WHERE kind = 'SUPPLEMENT_REQUESTED' GROUP BY case_no;
INSERT INTO formula VALUES ('supplement.once', 'kept', 1, 1, 1), ('supplement.once', 'repeated', 0, 1, 1);

INSERT INTO flow
SELECT 'due.agreement', CASE WHEN due_source IS NULL AND due_computed IS NULL THEN 'none'
    WHEN due_computed IS NULL THEN 'source_only' WHEN due_source IS NULL THEN 'computed_only'
    WHEN due_source > due_computed THEN 'later' WHEN due_source < due_computed THEN 'earlier' ELSE 'equal' END,
  case_no, started_at, 1
FROM begun JOIN outcome USING (case_no);
INSERT INTO formula VALUES ('due.agreement', 'equal', 1, 1, 1), ('due.agreement', 'later', 0, 1, 1),
  ('due.agreement', 'earlier', 0, 1, 1), ('due.agreement', 'source_only', 0, 0, 1),
  ('due.agreement', 'computed_only', 0, 0, 1), ('due.agreement', 'none', 0, 0, 1);

-- The result handed over by the due instant.
CREATE TABLE handed_over AS
SELECT case_no, end_at AS returned_at FROM hand_over WHERE end_kind = 'RETURNED';
INSERT INTO flow
SELECT 'check.return', answer(returned_at <= due_at, 'in_time', 'late'), case_no, returned_at, 1
FROM handed_over JOIN outcome USING (case_no) JOIN begun USING (case_no) WHERE domain = 'onestop';
INSERT INTO formula
VALUES ('check.return', 'in_time', 1, 1, 1), ('check.return', 'late', 0, 1, 1), ('check.return', 'unsaid', 0, 0, 1);

-- Civil status: when the register had made its record, what the dossier says, and whether a birth has its number.
CREATE TABLE record AS
SELECT case_no, min(occurred_at) AS recorded_at FROM fact
WHERE domain = 'civil-status' AND (kind IN ('PROCESSED', 'RETURNED') OR source_status IN ('4', '5')) GROUP BY case_no;
INSERT INTO flow
SELECT 'check.civil-status', if(coalesce(end_kind IN ('PROCESSED', 'RETURNED'), false), 'agrees', 'differs'), case_no,
  recorded_at, 1
FROM record JOIN begun USING (case_no) JOIN outcome USING (case_no) WHERE domain = 'onestop';
INSERT INTO formula VALUES ('check.civil-status', 'agrees', 1, 1, 1), ('check.civil-status', 'differs', 0, 1, 1);

CREATE TABLE birth AS
SELECT case_no, arg_max(module, place) FILTER (module IS NOT NULL) = 'BIRTH' AS is_birth,
  arg_max(is_personal_number_issued, place) FILTER (is_personal_number_issued IS NOT NULL) AS is_issued
FROM fact WHERE domain = 'civil-status' GROUP BY case_no;
INSERT INTO flow
SELECT 'check.personal-number', answer(is_issued, 'issued', 'missing'), case_no, recorded_at, 1
FROM record JOIN birth USING (case_no) SEMI JOIN begun USING (case_no) WHERE is_birth;
INSERT INTO formula VALUES ('check.personal-number', 'issued', 1, 1, 1), ('check.personal-number', 'missing', 0, 1, 1),
  ('check.personal-number', 'unsaid', 0, 0, 1);

INSERT INTO flow
SELECT 'check.enterprise-code', answer(arg_max(is_code_valid, place) FILTER (is_code_valid IS NOT NULL),
  'valid', 'invalid'), case_no, min(occurred_at), 1
FROM fact SEMI JOIN begun USING (case_no) WHERE domain = 'business-registration' GROUP BY case_no;
INSERT INTO formula VALUES ('check.enterprise-code', 'valid', 1, 1, 1), ('check.enterprise-code', 'invalid', 0, 1, 1),
  ('check.enterprise-code', 'unsaid', 0, 0, 1);
