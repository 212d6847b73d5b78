-- One row per shop and stretch of $bin days (stretches overlap by half; the last row of a shop, bin -1, is the whole time).
WITH placed AS (
  SELECT shop, kept, usual, unnest([-1, date_diff('day', DATE '2000-01-01', day) * 2 // $bin, date_diff('day', DATE '2000-01-01', day) * 2 // $bin - 1]) AS bin
  FROM ripe_order
)
SELECT shop, bin, count(*)::DOUBLE AS n, sum(kept::INT)::DOUBLE AS kept, sum(usual) AS expected
FROM placed GROUP BY ALL ORDER BY shop, bin
