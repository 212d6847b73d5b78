-- One row per shop and stretch: the whole time (scale 0), stretches of $bin days and of twice as many, each overlapping by half, counted
-- from the first day there is: from a fixed day they would fall otherwise in every year.
-- `usual` is added as whole millionths: sums of floats depend on their order, and between two stretches of the same orders that decided.
WITH scale AS (SELECT unnest([1, 2]) AS scale),
begun AS (SELECT min(day) AS first_day FROM ripe_order),
placed AS (
  SELECT shop, kept, usual, 0 AS scale, 0 AS stretch FROM ripe_order
  UNION ALL
  SELECT shop, kept, usual, scale, date_diff('day', first_day, day) * 2 // ($bin * scale) - half AS stretch
  FROM ripe_order CROSS JOIN begun CROSS JOIN scale CROSS JOIN (SELECT unnest([0, 1]) AS half)
)
SELECT shop, scale, stretch, count(*)::DOUBLE AS n, sum(kept::INT)::DOUBLE AS kept, sum(round(usual * 1e6)::BIGINT)::DOUBLE / 1e6 AS expected
FROM placed GROUP BY ALL ORDER BY shop, scale, stretch
