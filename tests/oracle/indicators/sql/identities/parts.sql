-- What one column of II.06a or II.07a says is within, or all of, what another says.
WITH sums AS (
  SELECT unit, period,
    coalesce(sum(n) FILTER (counter = 'received'), 0) AS received,
    coalesce(sum(n) FILTER (starts_with(counter, 'channel.')), 0) AS channels,
    coalesce(sum(n) FILTER (starts_with(counter, 'ended.')), 0) AS ended,
    coalesce(sum(n) FILTER (starts_with(counter, 'ended.late')), 0) AS late,
    coalesce(sum(n) FILTER (starts_with(counter, 'ends.')), 0) AS ends_that_stand,
    coalesce(sum(n) FILTER (starts_with(counter, 'late.')), 0) AS letters,
    coalesce(sum(n) FILTER (starts_with(counter, 'open.')), 0) AS is_open,
    coalesce(sum(n) FILTER (starts_with(counter, 'awaiting.')), 0) AS awaiting
  FROM cell GROUP BY ALL)
SELECT unit, period, 'received is not online, in person, by post and otherwise', received, channels FROM sums
WHERE received <> channels
UNION ALL
SELECT unit, period, 'more late with and without apology than ended late', letters, late FROM sums WHERE letters > late
UNION ALL
SELECT unit, period, 'more ends that stand than ends', ends_that_stand, ended FROM sums WHERE ends_that_stand > ended
UNION ALL
SELECT unit, period, 'more await reception than are in process', awaiting, is_open FROM sums WHERE awaiting > is_open
