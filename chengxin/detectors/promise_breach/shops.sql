-- One row per shop and stretch of $bin days (overlapping by half); bin -1 is the whole time.
WITH placed AS (
  SELECT shop, late, usual, unnest([-1, date_diff('day', DATE '2000-01-01', day) * 2 // $bin, date_diff('day', DATE '2000-01-01', day) * 2 // $bin - 1]) AS bin
  FROM due_order
)
SELECT shop, bin, count(*)::DOUBLE AS n, sum(late::INT)::DOUBLE AS late, sum(usual) AS expected
FROM placed GROUP BY ALL ORDER BY shop, bin
