-- For each candidate ring and each of its platforms: the stretch in which it was at work, the account-shop combinations that its accounts and
-- that its shops had on the platform then (their other business included), and its shops' orders of that time. Times in microseconds.
WITH mine AS (
    SELECT c.ring, s.platform, s.ordered_at FROM candidate c
    JOIN candidate_shop cs ON cs.ring = c.ring JOIN sign s ON s.shop = cs.shop AND s.ordered_at >= c.since AND s.ordered_at < c.until
    SEMI JOIN candidate_account ca ON ca.ring = c.ring AND ca.buyer = s.buyer
),
stretch AS (SELECT ring, min(ordered_at) AS first_at, max(ordered_at) AS last_at FROM mine GROUP BY ring),
home AS (SELECT DISTINCT ring, platform, first_at, last_at FROM mine JOIN stretch USING (ring)),
of_accounts AS (
    SELECT h.ring, h.platform, count(DISTINCT (s.buyer, s.shop)) AS pairs
    FROM home h JOIN candidate_account ca ON ca.ring = h.ring
    JOIN sign s ON s.buyer = ca.buyer AND s.platform = h.platform AND s.ordered_at >= h.first_at AND s.ordered_at <= h.last_at
    GROUP BY h.ring, h.platform
),
of_shops AS (
    SELECT h.ring, h.platform, count(DISTINCT (s.buyer, s.shop)) AS pairs, count(*) AS orders
    FROM home h JOIN candidate_shop cs ON cs.ring = h.ring
    JOIN sign s ON s.shop = cs.shop AND s.platform = h.platform AND s.ordered_at >= h.first_at AND s.ordered_at <= h.last_at
    GROUP BY h.ring, h.platform
)
SELECT h.ring, h.platform, epoch_us(h.first_at) AS since, epoch_us(h.last_at) AS until, a.pairs AS account_pairs, o.pairs AS shop_pairs, o.orders
FROM home h JOIN of_accounts a ON a.ring = h.ring AND a.platform = h.platform JOIN of_shops o ON o.ring = h.ring AND o.platform = h.platform
ORDER BY h.ring, h.platform
