-- One row per shop with orders in [$since, $until): its own features, ratios in whole millionths so that means over neighbours are exact.
WITH o AS (
    SELECT shop, buyer, device, address, "order", ordered_at, viewed_at
    FROM "order" WHERE ordered_at >= $since AND ordered_at < $until AND shop IS NOT NULL),
devices AS (SELECT device FROM o WHERE device IS NOT NULL GROUP BY device HAVING count(DISTINCT buyer) >= 3),
addresses AS (SELECT address FROM o WHERE address IS NOT NULL GROUP BY address HAVING count(DISTINCT buyer) >= 3),
busiest AS (
    SELECT shop, max(n) AS n FROM (SELECT shop, ordered_at::DATE AS day, count(*) AS n FROM o GROUP BY ALL) GROUP BY shop),
back AS (
    SELECT x.shop, count(DISTINCT x."order") AS n FROM (SELECT DISTINCT shop, "order" FROM o) x
    SEMI JOIN (SELECT "order" FROM refund WHERE requested_at < $until) r USING ("order") GROUP BY x.shop),
praise AS (
    SELECT shop, count(*) AS n, count(*) FILTER (stars = 5) AS five FROM review
    WHERE reviewed_at >= $since AND reviewed_at < $until GROUP BY shop),
plaints AS (SELECT shop, count(*) AS n FROM complaint WHERE filed_at >= $since AND filed_at < $until GROUP BY shop),
base AS (
    SELECT shop, count(*) AS n, count(DISTINCT "order") AS orders, count(DISTINCT buyer) AS buyers,
        count(d.device) AS same_device,
        count(a.address) AS same_address,
        count(*) FILTER (hour(ordered_at) BETWEEN 1 AND 5) AS night,
        count(*) FILTER (epoch(ordered_at) - epoch(viewed_at) BETWEEN 0 AND 30) AS fast
    FROM o LEFT JOIN devices d USING (device) LEFT JOIN addresses a USING (address) GROUP BY shop)
SELECT b.shop,
    round(1e6 * ln(1 + b.orders))::BIGINT AS orders,
    1000000 * b.orders // b.buyers AS orders_per_buyer,
    1000000 * b.same_device // b.n AS shared_device,
    1000000 * b.same_address // b.n AS shared_address,
    1000000 * b.night // b.n AS night,
    1000000 * busiest.n // b.n AS busiest_day,
    1000000 * b.fast // b.n AS fast,
    1000000 * coalesce(back.n, 0) // b.orders AS refunded,
    1000000 * praise.five // praise.n AS five_stars,
    1000000 * coalesce(plaints.n, 0) // b.orders AS complained
FROM base b JOIN busiest USING (shop) LEFT JOIN back USING (shop) LEFT JOIN praise USING (shop) LEFT JOIN plaints USING (shop)
