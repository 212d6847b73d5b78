-- One row per order that had time to be paid: whether it came to nothing at the shop's cost (`idle`): never paid, or sent and wholly repaid.
-- What was called off before anything left costs little and is the shop's own doing as often, so it is not counted; nor is an order whose buyer
-- praised it: who wants to harm does not, who brushes for the shop and is paid back does.
WITH line AS (
  SELECT "order", arg_min(fact, coalesce(line_no, 1)) AS fact, any_value(platform ORDER BY fact) AS platform, any_value(shop ORDER BY fact) AS shop, any_value(buyer ORDER BY fact) AS buyer,
         any_value(device ORDER BY fact) AS device, any_value(ip ORDER BY fact) AS ip, any_value(address ORDER BY fact) AS address,
         min(ordered_at) AS ordered_at, bool_or(paid_at IS NOT NULL) AS paid, sum(paid::HUGEINT) AS amount, arg_min(item, coalesce(line_no, 1)) AS item,
         sum(paid::HUGEINT) / greatest(1, sum(qty)) AS unit
  FROM "order" WHERE ordered_at < $until - to_days($settle_days) AND coalesce(channel, '') NOT IN ('group', 'store') GROUP BY "order"
),
usual AS (SELECT item, median(unit) AS unit FROM line GROUP BY item),
paid AS (SELECT DISTINCT "order" FROM payment),
sent AS (SELECT "order", arg_min(fact, collected_at) AS parcel FROM parcel GROUP BY "order"),
praised AS (SELECT DISTINCT "order" FROM review WHERE stars >= $praise_stars AND coalesce(rater_role, 'buyer') = 'buyer'),
back AS (SELECT "order", arg_min(fact, requested_at) AS refund, sum(amount::HUGEINT) AS amount FROM refund GROUP BY "order")
SELECT l.*, epoch(l.ordered_at)::BIGINT // 604800 AS week, s.parcel, b.refund, NOT l.paid AND p."order" IS NULL AS unpaid,
       l.paid AND s.parcel IS NOT NULL AND b.amount >= $whole_share * l.amount AND l.amount > 0 AND v."order" IS NULL AS returned,
       unpaid OR coalesce(returned, false) AS idle
FROM line l JOIN usual u USING (item) LEFT JOIN paid p USING ("order") LEFT JOIN sent s USING ("order") LEFT JOIN back b USING ("order") LEFT JOIN praised v USING ("order")
WHERE l.unit >= $price_share * u.unit
