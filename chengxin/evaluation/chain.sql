-- Places where a shop's chain of review numbers does not close: `missing`, a review whose predecessor was never reported (not counted where
-- the chain may be older than the reports); `passed`, one past which the chain goes on. `wrong`: a hash that is not the published formula's.
WITH chain AS MATERIALIZED (
  SELECT platform, shop, review_no, reviewed_at, prev_hash, hash FROM review
  WHERE hash IS NOT NULL AND coalesce(rater_role, 'buyer') = 'buyer' AND ($shop IS NULL OR shop = $shop)
),
begun AS (SELECT shop, bool_or(prev_hash IS NULL) AS from_the_first FROM chain GROUP BY shop),
lost AS (
  SELECT c.shop, c.review_no, row_number() OVER (PARTITION BY c.shop ORDER BY c.reviewed_at, c.review_no) AS place
  FROM chain c ANTI JOIN chain p ON p.shop = c.shop AND p.hash = c.prev_hash WHERE c.prev_hash IS NOT NULL
),
heirs AS (SELECT shop, prev_hash, max(reviewed_at) AS latest FROM chain WHERE prev_hash IS NOT NULL GROUP BY ALL HAVING count(*) > 1),
signs AS (
  SELECT l.shop, l.review_no, 'missing' AS sign FROM lost l JOIN begun b USING (shop) WHERE b.from_the_first OR l.place > 1
  UNION ALL
  SELECT c.shop, c.review_no, 'passed' FROM chain c JOIN heirs h ON h.shop = c.shop AND h.prev_hash = c.prev_hash
  ANTI JOIN chain s ON s.shop = c.shop AND s.prev_hash = c.hash WHERE c.reviewed_at < h.latest
  UNION ALL
  SELECT shop, review_no, 'wrong' FROM chain WHERE sha256(coalesce(prev_hash, '') || platform || '/' || review_no) <> hash
)
