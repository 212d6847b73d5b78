-- One row per account that collects for several shops: n payments, k of them past every licensed institution, expected by all other payments.
WITH booked AS (
  SELECT p.fact, p.payee, p.payer, p.amount, p.paid_at, o.shop, coalesce(NOT list_contains($licensed::VARCHAR[], p.institution), true) AS outside
  FROM payment p JOIN (SELECT "order", any_value(shop ORDER BY fact) AS shop FROM "order" GROUP BY "order") o USING ("order")
  WHERE p.payee IS NOT NULL AND p.amount > 0
),
city AS (SELECT count(*) AS n, sum(outside::INT) AS k FROM booked),
own AS (
  SELECT payee, count(*) AS n, sum(outside::INT) AS k, count(DISTINCT shop) FILTER (WHERE outside) AS shops FROM booked GROUP BY payee
)
SELECT own.payee, own.n, own.k, own.n * (city.k - own.k + $prior * city.k / city.n) / (city.n - own.n + $prior) AS expected, city.k / city.n AS usual
FROM own CROSS JOIN city WHERE own.shops >= $shops_min ORDER BY payee
