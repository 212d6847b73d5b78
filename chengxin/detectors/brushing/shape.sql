-- For each candidate ring: how many account-shop combinations its accounts, its shops and its whole platform had while it was at work.
WITH mine AS (
    SELECT c.ring, min(s.ordered_at) AS first_at, max(s.ordered_at) AS last_at, any_value(s.platform) AS platform FROM candidate c
    JOIN candidate_shop cs ON cs.ring = c.ring JOIN sign s ON s.shop = cs.shop AND s.ordered_at >= c.since AND s.ordered_at < c.until
    SEMI JOIN candidate_account ca ON ca.ring = c.ring AND ca.buyer = s.buyer
    GROUP BY c.ring
)
SELECT m.ring, count(DISTINCT (s.buyer, s.shop)) AS all_pairs,
       count(DISTINCT CASE WHEN ca.buyer IS NOT NULL THEN (s.buyer, s.shop) END) AS account_pairs,
       count(DISTINCT CASE WHEN cs.shop IS NOT NULL THEN (s.buyer, s.shop) END) AS shop_pairs,
       sum((cs.shop IS NOT NULL)::INT) AS shop_orders
FROM mine m JOIN sign s ON s.platform = m.platform AND s.ordered_at BETWEEN m.first_at AND m.last_at
LEFT JOIN candidate_account ca ON ca.ring = m.ring AND ca.buyer = s.buyer
LEFT JOIN candidate_shop cs ON cs.ring = m.ring AND cs.shop = s.shop
GROUP BY m.ring ORDER BY m.ring
