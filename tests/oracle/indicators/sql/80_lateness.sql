-- Figures of the lateness policies, counted case by case from the answers of the case oracle. Source: DESIGN 6.

CREATE TABLE counted_state AS SELECT * FROM state SEMI JOIN administrative USING (case_no);

INSERT INTO flow_of_unit
SELECT '2.1', policy, bucket, case_no, ended_at, unit, procedure, 1 FROM counted_state WHERE is_new_end;
INSERT INTO level
SELECT '2.1', policy, bucket, case_no, since, until, unit, procedure FROM counted_state WHERE ended_at IS NULL;
INSERT INTO level
SELECT '2.1', policy, 'orphan', case_no, since, until, 'unknown', 'unknown'
FROM orphan, (SELECT DISTINCT policy FROM counts_in);

INSERT INTO flow_of_unit
SELECT 'par.on-time.' || level, NULL, bucket, case_no, ended_at, unit, procedure, 1
FROM counted_state JOIN unit USING (unit)
WHERE is_new_end AND policy = getvariable('policy') AND level IN ('commune', 'district', 'department');
INSERT INTO formula
SELECT 'par.on-time.' || level, bucket, numerator::INTEGER, denominator::INTEGER, total::INTEGER
FROM counts_in, (VALUES ('commune'), ('district'), ('department')) l(level)
WHERE policy = getvariable('policy') AND bucket IN (SELECT bucket FROM counted_state WHERE is_new_end AND policy = getvariable('policy'));

INSERT INTO flow_of_unit
SELECT 'trust.orphans', NULL, 'case', case_no, ended_at, unit, procedure, 1
FROM counted_state WHERE is_new_end AND policy = getvariable('policy');
INSERT INTO level
SELECT 'trust.orphans', NULL, 'case', case_no, since, until, unit, procedure
FROM counted_state WHERE ended_at IS NULL AND policy = getvariable('policy');
INSERT INTO level SELECT 'trust.orphans', NULL, 'orphan', case_no, since, until, 'unknown', 'unknown' FROM orphan;
INSERT INTO formula VALUES ('trust.orphans', 'case', 1, 1, 1), ('trust.orphans', 'orphan', 0, 1, 1);
