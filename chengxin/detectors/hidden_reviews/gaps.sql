-- Every place where a shop's chain of reviews does not close: one row per reported review whose predecessor is missing, or past which
-- the chain goes on. `fact` is the review that shows it, `next_fact` the one after it where there is one.
WITH chain AS MATERIALIZED (
  SELECT fact, platform, shop, review_no, stars, reviewed_at, prev_hash, hash
  FROM review WHERE hash IS NOT NULL AND coalesce(rater_role, 'buyer') = 'buyer'
),
reach AS (SELECT platform, max(reviewed_at) AS last_report FROM chain GROUP BY platform),
begun AS (SELECT shop, bool_or(prev_hash IS NULL) AS from_the_first FROM chain GROUP BY shop),
missing AS (
  SELECT c.fact, c.platform, c.shop, c.stars, c.reviewed_at,
         row_number() OVER (PARTITION BY c.shop ORDER BY c.reviewed_at, c.review_no) AS place
  FROM chain c ANTI JOIN chain p ON p.shop = c.shop AND p.hash = c.prev_hash
  WHERE c.prev_hash IS NOT NULL
),
heirs AS (
  SELECT shop, prev_hash, count(*) AS n, max(reviewed_at) AS latest FROM chain WHERE prev_hash IS NOT NULL
  GROUP BY shop, prev_hash HAVING count(*) > 1
),
passed AS (  -- of several reviews chained to the same one, those that nothing is chained to, save the newest
  SELECT c.fact, c.platform, c.shop, c.stars, c.reviewed_at
  FROM chain c JOIN heirs h ON h.shop = c.shop AND h.prev_hash = c.prev_hash
  ANTI JOIN chain s ON s.shop = c.shop AND s.prev_hash = c.hash
  WHERE c.reviewed_at < h.latest
),
signs AS (
  SELECT m.fact, m.platform, m.shop, m.stars, m.reviewed_at, 'missing' AS sign
  FROM missing m JOIN begun b USING (shop) WHERE b.from_the_first OR m.place > 1  -- the chain may be older than the reports
  UNION ALL
  SELECT fact, platform, shop, stars, reviewed_at, 'passed_over' AS sign FROM passed
),
settled AS (
  SELECT s.*, count(DISTINCT s.shop) OVER (PARTITION BY s.platform, s.reviewed_at::DATE, s.sign) AS shops_that_day
  FROM signs s JOIN reach r USING (platform)
  WHERE s.reviewed_at <= r.last_report - to_days($settle_days) OR s.sign = 'passed_over'
)
SELECT fact, platform, shop, stars, reviewed_at, sign, shops_that_day >= $outage_shops AS outage FROM settled
