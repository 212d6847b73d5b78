-- One row per shop and stretch of one, two or four weeks: n orders, `idle` of them, and how many its other weeks and the platform make likely.
WITH platform AS (SELECT platform, sum(idle::INT) / count(*) AS share FROM raid_order GROUP BY platform),
weekly AS (SELECT shop, any_value(platform ORDER BY fact) AS platform, week, count(*) AS n, sum(idle::INT) AS idle FROM raid_order GROUP BY shop, week),
whole AS (SELECT shop, sum(n) AS n, sum(idle) AS idle FROM weekly GROUP BY shop),
rolled AS (
  SELECT shop, platform, week, 1 AS weeks, n, idle FROM weekly
  UNION ALL SELECT shop, platform, week, 2, sum(n) OVER two, sum(idle) OVER two FROM weekly
    WINDOW two AS (PARTITION BY shop ORDER BY week RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING)
  UNION ALL SELECT shop, platform, week, 4, sum(n) OVER four, sum(idle) OVER four FROM weekly
    WINDOW four AS (PARTITION BY shop ORDER BY week RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING)
)
SELECT r.shop, r.week, r.weeks, r.n::DOUBLE AS n, r.idle::DOUBLE AS idle,
       r.n * (w.idle - r.idle + $prior * p.share) / (w.n - r.n + $prior) AS expected
FROM rolled r JOIN whole w USING (shop) JOIN platform p USING (platform)
WHERE r.idle >= $idle_min ORDER BY r.shop, r.weeks, r.week
