-- D22: reviews in the shops' chains, and those whose predecessor was never reported although the chain was reported from its first on.
WITH chain AS (SELECT platform, shop, prev_hash, hash FROM review WHERE hash IS NOT NULL AND reviewed_at < $until),
begun AS (SELECT shop FROM chain GROUP BY shop HAVING bool_or(prev_hash IS NULL)),
known AS (SELECT DISTINCT shop, hash FROM chain)
SELECT c.platform, count(*) AS looked, 0 AS near, count(*) FILTER (c.prev_hash IS NOT NULL AND k.hash IS NULL) AS wrong
FROM chain c SEMI JOIN begun b ON b.shop = c.shop LEFT JOIN known k ON k.shop = c.shop AND k.hash = c.prev_hash
GROUP BY c.platform
