-- One row per shop with open hits: n buyers by week, k of them hit and `named` of them naming the shop, and what the platform's other shops
-- of the same weeks make likely, drawn towards the city's share by $prior. Buyers and shops that are explained already count nowhere.
-- A platform's own leak and a week of news raise everybody's share.
WITH marked AS (
  SELECT e.platform, e.week, e.shop, e.hit AND x.buyer IS NULL AS hit, e.named AND x.buyer IS NULL AS named
  FROM exposed e LEFT JOIN explained x ON x.buyer = e.buyer ANTI JOIN found_shop f ON f.shop = e.shop
),
city AS (SELECT avg(hit::INT) AS hit, avg(named::INT) AS named FROM marked),
own AS (SELECT platform, week, shop, count(*) AS n, sum(hit::INT) AS k, sum(named::INT) AS named FROM marked GROUP BY ALL),
there AS (SELECT platform, week, sum(n) AS n, sum(k) AS k, sum(named) AS named FROM own GROUP BY ALL),
likely AS (
  SELECT own.*, own.n * (there.k - own.k + $prior * city.hit) / (there.n - own.n + $prior) AS expected,
         own.n * (there.named - own.named + $prior * city.named) / (there.n - own.n + $prior) AS expected_named
  FROM own JOIN there USING (platform, week) CROSS JOIN city
)
SELECT shop, sum(n)::DOUBLE AS n, sum(k)::DOUBLE AS k, sum(named)::DOUBLE AS named,
       CAST(sum(CAST(expected * 1e9 AS BIGINT)) AS DOUBLE) / 1e9 AS expected, CAST(sum(CAST(expected_named * 1e9 AS BIGINT)) AS DOUBLE) / 1e9 AS expected_named
FROM likely GROUP BY shop HAVING sum(k) > 0 ORDER BY shop
