-- One row per item, and per shop as a whole (item null): n lines, `says` of them claim that the goods differ, `expected` by the category's other
-- shops. The expectation grows with how much this shop takes back anyway (sizes to try on), shrunk towards 1 by $prior claims.
WITH there AS (
  SELECT category, count(*) AS n, sum(says::INT) AS says, sum(other::INT) AS other FROM line GROUP BY category
),
own AS (SELECT category, shop, count(*) AS n, sum(says::INT) AS says, sum(other::INT) AS other FROM line GROUP BY ALL),
city AS (SELECT avg(says::INT) AS says, avg(other::INT) AS other FROM line),
rate AS (
  SELECT own.category, own.shop,
         (there.says - own.says + $peers * city.says) / (there.n - own.n + $peers) AS says,
         (there.other - own.other + $peers * city.other) / (there.n - own.n + $peers) AS other
  FROM own JOIN there ON there.category = own.category CROSS JOIN city
),
takes_back AS (
  SELECT own.shop, greatest(1.0, (sum(own.other) + $prior) / (sum(own.n * rate.other) + $prior)) AS times
  FROM own JOIN rate ON rate.category = own.category AND rate.shop = own.shop GROUP BY own.shop
),
listed AS (SELECT item, arg_max(weight_g, changed_at) AS listed FROM listing WHERE weight_g > 0 GROUP BY item),
alone AS (SELECT parcel FROM parcel GROUP BY parcel HAVING count(*) = 1),
weighed AS (
  SELECT line.item, median(parcel.weight_g / (line.qty * listed.listed)) AS weight_share, median(parcel.weight_g / line.qty) AS weight, any_value(listed.listed) AS listed,
         count(*) AS weighed
  FROM line JOIN listed ON listed.item = line.item JOIN parcel ON parcel."order" = line."order" SEMI JOIN alone ON alone.parcel = parcel.parcel
  WHERE parcel.weight_g > 0 AND line.qty > 0 GROUP BY line.item HAVING count(*) >= $weighed_min
),
counted AS (
  SELECT line.shop, line.item, count(*) AS n, sum(line.says::INT) AS says, sum(least(0.9, rate.says * takes_back.times)) AS expected
  FROM line JOIN rate ON rate.category = line.category AND rate.shop = line.shop JOIN takes_back ON takes_back.shop = line.shop
  GROUP BY GROUPING SETS ((line.shop, line.item), (line.shop))
)
SELECT counted.shop, counted.item, counted.n::DOUBLE AS n, counted.says::DOUBLE AS says, counted.expected,
       coalesce(weight_share > $empty_share AND weight_share < $light_share, false) AS light, weight_share, weight, listed, weighed
FROM counted LEFT JOIN weighed ON weighed.item = counted.item
ORDER BY counted.shop, counted.item NULLS FIRST
