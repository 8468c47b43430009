-- A quarter and a year have the flows of their months, and the levels of their last one.
WITH expected AS (
  SELECT c.unit, c.counter, b.longer AS period,
    sum(if(regexp_matches(c.counter, '^(open\.|handover\.open\.|awaiting\.|orphan)') AND NOT b.is_last, 0, n)) AS n
  FROM cell c JOIN belongs b USING (period) GROUP BY ALL),
longer AS (SELECT c.* FROM cell c WHERE period IN (SELECT longer FROM belongs))
SELECT unit, period, 'is not the sum of its months in ' || counter, coalesce(l.n, 0), coalesce(e.n, 0)
FROM expected e FULL JOIN longer l USING (unit, counter, period) WHERE coalesce(l.n, 0) <> coalesce(e.n, 0)
