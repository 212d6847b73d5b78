-- One row per shop and stretch: the whole time (scale 0), stretches of $bin days and of twice as many, each overlapping by half, counted
-- from the first day there is: from a fixed day they would fall otherwise in every year.
-- `usual` is added as whole millionths: sums of floats depend on their order, and between two stretches of the same orders that decided.
WITH scale AS (SELECT unnest([1, 2]) AS scale),
begun AS (SELECT min(day) AS first_day FROM due_order),
placed AS (
  SELECT shop, late, usual, 0 AS scale, 0 AS stretch FROM due_order
  UNION ALL
  SELECT shop, late, usual, scale, date_diff('day', first_day, day) * 2 // ($bin * scale) - half AS stretch
  FROM due_order CROSS JOIN begun CROSS JOIN scale CROSS JOIN (SELECT unnest([0, 1]) AS half)
)
SELECT shop, scale, stretch, count(*)::DOUBLE AS n, sum(late::INT)::DOUBLE AS late, sum(round(usual * 1e6)::BIGINT)::DOUBLE / 1e6 AS expected
FROM placed GROUP BY ALL ORDER BY shop, scale, stretch
