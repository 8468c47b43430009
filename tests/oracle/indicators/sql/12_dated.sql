-- Dated rows. A row known later replaces the one of its key with the same first day, end and all; of the rows that then hold
-- on a day the one known last decides. Source: `services/reference/README.md`.

CREATE MACRO is_known(since) AS getvariable('known_at') IS NULL OR since IS NULL OR since <= getvariable('known_at');

CREATE TABLE allowed AS
SELECT *, coalesce(known_from, -1) AS since FROM allowance WHERE is_known(known_from)
QUALIFY row_number() OVER (PARTITION BY indicator, step, valid_from ORDER BY coalesce(known_from, -1) DESC) = 1;

CREATE MACRO days_allowed(of_indicator, of_step, on_day) AS (
  SELECT arg_max(working_days, since) FROM allowed
  WHERE indicator = of_indicator AND step = of_step AND valid_from <= on_day AND coalesce(on_day < valid_to, true));
