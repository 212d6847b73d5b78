-- For each candidate ring: its orders (its accounts at its shops, in its time) and, beside them, the other buyers' orders at the same shops.
WITH mine AS (
    SELECT c.ring, s.* FROM candidate c
    JOIN candidate_shop cs ON cs.ring = c.ring JOIN sign s ON s.shop = cs.shop AND s.ordered_at >= c.since AND s.ordered_at < c.until
    SEMI JOIN candidate_account ca ON ca.ring = c.ring AND ca.buyer = s.buyer
),
others AS (
    SELECT cs.ring, s.* FROM candidate_shop cs JOIN sign s ON s.shop = cs.shop
    ANTI JOIN candidate_account ca ON ca.ring = cs.ring AND ca.buyer = s.buyer
),
inside AS (
    SELECT ring, count(*) AS orders, count(DISTINCT buyer) AS accounts, count(DISTINCT shop) AS shops, count(DISTINCT (buyer, shop)) AS pairs,
           min(ordered_at) AS first_at, max(ordered_at) AS last_at, sum(CASE WHEN money_back THEN paid ELSE 0 END) AS returned,
           sum(fast::INT) AS fast, sum(unvisited::INT) AS unvisited, sum(fresh::INT) AS fresh, sum(one_device::INT) AS one_device,
           sum(one_address::INT) AS one_address, sum(one_payer::INT) AS one_payer, sum(money_back::INT) AS money_back, sum(light::INT) AS light, sum(thin::INT) AS thin
    FROM mine GROUP BY ring
),
outside AS (
    SELECT ring, count(*) AS other_orders,
           avg(fast::INT) AS fast_base, avg(unvisited::INT) AS unvisited_base, avg(fresh::INT) AS fresh_base, avg(one_device::INT) AS one_device_base,
           avg(one_address::INT) AS one_address_base, avg(one_payer::INT) AS one_payer_base, avg(money_back::INT) AS money_back_base,
           avg(light::INT) AS light_base, avg(thin::INT) AS thin_base
    FROM others GROUP BY ring
),
most AS (
    SELECT ring, max(CASE WHEN what = 'device' THEN n END) AS device_most, max(CASE WHEN what = 'address' THEN n END) AS address_most,
           max(CASE WHEN what = 'payer' THEN n END) AS payer_most
    FROM (SELECT ring, 'device' AS what, count(DISTINCT buyer) AS n FROM mine WHERE device IS NOT NULL GROUP BY ring, device
          UNION ALL SELECT ring, 'address', count(DISTINCT buyer) FROM mine WHERE address IS NOT NULL GROUP BY ring, address
          UNION ALL SELECT ring, 'payer', count(DISTINCT buyer) FROM mine WHERE payer IS NOT NULL GROUP BY ring, payer)
    GROUP BY ring
)
SELECT * FROM inside LEFT JOIN outside USING (ring) LEFT JOIN most USING (ring) ORDER BY ring
