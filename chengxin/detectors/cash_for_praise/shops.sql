-- One row per shop: five-star reviews and those rewarded, beside its other reviews and its orders without one; complaints and reviews that
-- say that cash was promised for praise; the commonest sum.
WITH counted AS (
  SELECT shop, count(*) FILTER (stars = 5) AS praised, count(*) FILTER (stars = 5 AND rewarded) AS rewarded,
         count(*) FILTER (stars < 5) AS others, count(*) FILTER (stars < 5 AND rewarded) AS others_rewarded,
         count(*) FILTER (stars IS NULL) AS silent, count(*) FILTER (stars IS NULL AND paid_back) AS silent_paid
  FROM praise_order GROUP BY shop
),
sums AS (
  SELECT shop, amount, count(*) AS n FROM praise_order WHERE stars = 5 AND rewarded GROUP BY shop, amount
),
usual AS (SELECT shop, arg_max(amount, struct_pack(n, amount)) AS amount, max(n) AS same FROM sums GROUP BY shop),
told AS (
  SELECT shop, count(DISTINCT complainant) AS told, list(fact ORDER BY fact) AS complaints FROM complaint
  WHERE regexp_matches(coalesce(text, ''), $words) GROUP BY shop
)
SELECT coalesce(c.shop, t.shop) AS shop, coalesce(praised, 0) AS praised, coalesce(rewarded, 0) AS rewarded, coalesce(others, 0) AS others,
       coalesce(others_rewarded, 0) AS others_rewarded, coalesce(silent, 0) AS silent, coalesce(silent_paid, 0) AS silent_paid,
       coalesce(u.amount, 0) AS amount, coalesce(u.same, 0) AS same, coalesce(t.told, 0) AS told, coalesce(t.complaints, []) AS complaints
FROM counted c FULL JOIN told t ON t.shop = c.shop LEFT JOIN usual u ON u.shop = c.shop
WHERE coalesce(c.shop, t.shop) IS NOT NULL ORDER BY 1
