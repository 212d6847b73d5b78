-- The licences that shops show now (the latest look at each type), and what is odd about each: a number or an image that shops of other
-- holders show too, or a name that is not the shop's. An image of more than $image_shops shops is a placeholder.
WITH latest AS (
  SELECT shop, coalesce(licence_type, '') AS kind, max(checked_at) AS checked_at FROM licence
  WHERE shop IS NOT NULL AND exemption IS NULL GROUP BY shop, kind
),
now AS (
  SELECT v.fact, v.shop, coalesce(v.licence_type, '') AS kind, v.licence_no, v.credit_code, v.image_hash, v.holder_matches, v.checked_at
  FROM licence v JOIN latest l ON l.shop = v.shop AND l.kind = coalesce(v.licence_type, '') AND l.checked_at = v.checked_at
  WHERE v.exemption IS NULL
),
numbers AS (
  SELECT kind, licence_no, count(DISTINCT shop) AS shops, count(DISTINCT credit_code) AS holders, bool_or(NOT holder_matches) AND bool_or(holder_matches) AS strange
  FROM now GROUP BY kind, licence_no
),
images AS (
  SELECT image_hash, count(DISTINCT shop) AS shops, count(DISTINCT credit_code) AS holders, count(DISTINCT licence_no) AS numbers
  FROM now WHERE image_hash IS NOT NULL GROUP BY image_hash
)
SELECT n.fact, n.shop, n.kind, n.licence_no, n.credit_code, n.image_hash, n.checked_at, m.shops AS number_shops,
       coalesce(i.shops, 0) AS image_shops, m.shops > 1 AND m.holders > 1 AS shared, m.shops > 1 AND m.holders <= 1 AND m.strange AS borrowed,
       coalesce(i.holders > 1 AND i.numbers > 1 AND i.shops <= $image_shops, false) AS copied, coalesce(NOT n.holder_matches, false) AS strange
FROM now n JOIN numbers m USING (kind, licence_no) LEFT JOIN images i USING (image_hash) ORDER BY n.shop, n.fact
