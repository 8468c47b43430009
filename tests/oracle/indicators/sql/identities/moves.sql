-- II.06a with what real populations have besides: what came is what went and what is left, on either track.
WITH sums AS (
  SELECT t.prefix, c.unit, c.period, p.before,
    coalesce(sum(n) FILTER (counter IN ('received', t.prefix || 'transferred_in', t.prefix || 'reopened',
      t.prefix || 'ahead.ended')), 0) AS came,
    coalesce(sum(n) FILTER (counter IN (t.prefix || 'transferred_out', t.prefix || 'ahead.begun')
      OR starts_with(counter, t.prefix || 'ended.')), 0) AS went,
    coalesce(sum(n) FILTER (starts_with(counter, t.prefix || 'open.')), 0) AS is_open
  FROM cell c JOIN spell p USING (period), (VALUES (''), ('handover.')) t(prefix) GROUP BY ALL)
SELECT s.unit, s.period, s.prefix || 'carried over and came are not went and in process' AS what,
  coalesce(b.is_open, 0) + s.came AS one, s.went + s.is_open AS other
FROM sums s LEFT JOIN sums b ON b.prefix = s.prefix AND b.unit = s.unit AND b.period = s.before
WHERE coalesce(b.is_open, 0) + s.came <> s.went + s.is_open
