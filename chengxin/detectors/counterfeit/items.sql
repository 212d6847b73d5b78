-- One row per item: n lines, `says` of them call it a fake, `expected` by the category's other shops; its price beside the same product in other
-- shops (same GTIN, else same brand and title); and whether its GTIN, or its GTIN's company prefix, is another brand's. Prices in fen.
WITH page AS (
  SELECT item, arg_max(shop, changed_at) AS shop, arg_max(brand, changed_at) AS brand, arg_max(gtin, changed_at) FILTER (WHERE gtin IS NOT NULL) AS gtin,
         arg_max(title, changed_at) AS title, max(fact) AS listing
  FROM listing GROUP BY item
),
there AS (SELECT category, count(*) AS n, sum(says::INT) AS says FROM sold AS line GROUP BY category),
own AS (SELECT category, shop, count(*) AS n, sum(says::INT) AS says FROM sold AS line GROUP BY ALL),
city AS (SELECT avg(says::INT) AS says FROM sold AS line),
rate AS (
  SELECT own.category, own.shop, (there.says - own.says + $peers * city.says) / (there.n - own.n + $peers) AS says
  FROM own JOIN there ON there.category = own.category CROSS JOIN city
),
counted AS (
  SELECT line.shop, line.item, count(*) AS n, sum(line.says::INT) AS says, sum(rate.says) AS expected, median(line.unit) AS unit
  FROM sold AS line JOIN rate ON rate.category = line.category AND rate.shop = line.shop GROUP BY line.shop, line.item
),
-- the same product in several shops: by GTIN where brands agree, else by brand and title
product AS (
  SELECT counted.*, page.brand, page.gtin, page.listing, page.brand || '|' || page.title AS named
  FROM counted LEFT JOIN page ON page.item = counted.item
),
by_name AS (
  SELECT named, count(DISTINCT shop) AS shops, list({'shop': shop, 'unit': ln(unit)}) AS units FROM product
  WHERE unit > 0 AND named IS NOT NULL GROUP BY named HAVING count(DISTINCT shop) > $sellers_min
),
priced AS (
  SELECT product.item, list_transform(list_filter(by_name.units, lambda one: one.shop <> product.shop), lambda one: one.unit) AS others
  FROM product JOIN by_name ON by_name.named = product.named WHERE product.unit > 0
),
beside AS (
  SELECT item, len(others) AS sellers, exp(list_median(others)) AS usual, 1.4826 * list_mad(others) AS spread FROM priced
),
prefix AS (
  SELECT left(gtin, $prefix_digits) AS prefix, brand, count(DISTINCT shop) AS shops FROM product
  WHERE length(gtin) = 13 AND brand IS NOT NULL GROUP BY ALL
),
owner AS (
  SELECT prefix, arg_max(brand, shops) AS owner, max(shops) AS shops FROM prefix
  GROUP BY prefix HAVING max(shops) >= $owner_shops AND max(shops) >= $owner_share * sum(shops)
)
SELECT product.shop, product.item, product.n::DOUBLE AS n, product.says::DOUBLE AS says, product.expected, product.listing, product.brand, product.gtin,
       product.unit, beside.usual, coalesce(beside.sellers, 0) AS sellers,
       coalesce(product.unit <= $cheap_share * beside.usual AND (ln(product.unit) - ln(beside.usual)) / greatest(beside.spread, $price_spread) <= $cheap_z, false) AS cheap,
       owner.owner, coalesce(owner.owner <> product.brand, false) AS borrowed
FROM product
LEFT JOIN beside ON beside.item = product.item
LEFT JOIN owner ON owner.prefix = left(product.gtin, $prefix_digits) AND length(product.gtin) = 13
ORDER BY product.shop, product.item
