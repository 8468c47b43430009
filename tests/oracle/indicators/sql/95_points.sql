-- Points as exact fractions, and what they come from. Source: indicators.md, 1.

CREATE TABLE threshold_on AS
WITH known_rows AS (
  SELECT *, coalesce(known_from, -1) AS since FROM threshold WHERE is_known(known_from)
  QUALIFY row_number() OVER (PARTITION BY indicator, valid_from ORDER BY coalesce(known_from, -1) DESC) = 1)
SELECT r.period, k.* FROM reporting r JOIN known_rows k ON k.valid_from <= r.day AND coalesce(r.day < k.valid_to, true)
QUALIFY row_number() OVER (PARTITION BY r.period, k.indicator ORDER BY k.since DESC) = 1;

-- No row of `figure` is a figure of nothing: what nothing to judge gives, says the threshold; of what is imported nothing is
-- known. A figure of which nothing could be judged gives no points.
CREATE TABLE points AS
SELECT t.period, u.unit, t."table", t."group", t.indicator, t.max_points,
  CASE WHEN f.total > 0 AND f.denominator = 0 THEN NULL
    WHEN coalesce(f.denominator, 0) = 0 THEN CASE t.none WHEN 'full' THEN t.max_points WHEN 'zero' THEN 0 END
    WHEN t.rule = 'linear' THEN t.max_points * f.numerator
    WHEN f.numerator * 100 >= t.threshold * f.denominator THEN if(t.rule = 'cap', t.max_points, t.max_points * f.numerator)
    WHEN t.rule = 'cap' THEN t.max_points * f.numerator * 100 ELSE 0 END::BIGINT AS points,
  CASE WHEN coalesce(f.denominator, 0) = 0 THEN 1 WHEN t.rule = 'linear' THEN f.denominator
    WHEN f.numerator * 100 >= t.threshold * f.denominator THEN if(t.rule = 'cap', 1, f.denominator)
    WHEN t.rule = 'cap' THEN f.denominator * t.threshold ELSE 1 END::BIGINT AS out_of
FROM threshold_on t, (SELECT DISTINCT pooled AS unit FROM above) u
LEFT JOIN figure f ON f.id = t.indicator AND f.unit = u.unit AND f.period = t.period AND f.procedure = 'all'
  AND f.policy = getvariable('policy')
WHERE t.max_points > 0;
