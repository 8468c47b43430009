-- Working time as joins: sessions of working days per calendar, and working days numbered. Source: deadlines.md, 1 and 3.

CREATE MACRO day_of(moment) AS (SELECT day FROM day WHERE moment BETWEEN starts AND ends);

-- A limit whose last day is the last one covered cannot be judged: when it is late lies on a day the calendar does not cover.
CREATE MACRO is_followed(of_calendar, last_day) AS (of_calendar, last_day + 1) IN (SELECT calendar, day FROM covered);

CREATE TABLE workday AS
SELECT calendar, day, row_number() OVER (PARTITION BY calendar ORDER BY day) AS n, any_value(d.ends) AS ends
FROM session JOIN day d USING (day) GROUP BY calendar, day;

-- The place at an instant: the last row not after it; the first reaches back for ever.
CREATE TABLE place_calendar AS
SELECT p.*, u.calendar FROM place p LEFT JOIN unit u USING (unit);
