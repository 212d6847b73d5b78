-- For each candidate ring: the account-shop combinations that chance would give it while it was at work, and its shops' orders of that time.
-- Chance is counted on each of its platforms by itself (a ring held together by devices may work on several): accounts of one do not buy at
-- shops of another. Both sides keep their other business: accounts' combinations times shops' combinations over all combinations.
WITH mine AS (
    SELECT c.ring, s.platform, s.ordered_at FROM candidate c
    JOIN candidate_shop cs ON cs.ring = c.ring JOIN sign s ON s.shop = cs.shop AND s.ordered_at >= c.since AND s.ordered_at < c.until
    SEMI JOIN candidate_account ca ON ca.ring = c.ring AND ca.buyer = s.buyer
),
stretch AS (SELECT ring, min(ordered_at) AS first_at, max(ordered_at) AS last_at FROM mine GROUP BY ring),
home AS (SELECT DISTINCT ring, platform FROM mine),
counted AS (
    SELECT h.ring, h.platform, count(DISTINCT (s.buyer, s.shop)) AS all_pairs,
           count(DISTINCT CASE WHEN ca.buyer IS NOT NULL THEN (s.buyer, s.shop) END) AS account_pairs,
           count(DISTINCT CASE WHEN cs.shop IS NOT NULL THEN (s.buyer, s.shop) END) AS shop_pairs,
           sum((cs.shop IS NOT NULL)::INT) AS shop_orders
    FROM home h JOIN stretch USING (ring) JOIN sign s ON s.platform = h.platform AND s.ordered_at BETWEEN stretch.first_at AND stretch.last_at
    LEFT JOIN candidate_account ca ON ca.ring = h.ring AND ca.buyer = s.buyer
    LEFT JOIN candidate_shop cs ON cs.ring = h.ring AND cs.shop = s.shop
    GROUP BY h.ring, h.platform
)
SELECT ring, list_sum(list(account_pairs::DOUBLE * shop_pairs / all_pairs ORDER BY platform)) AS chance_pairs, sum(shop_orders)::BIGINT AS shop_orders
FROM counted GROUP BY ring ORDER BY ring
