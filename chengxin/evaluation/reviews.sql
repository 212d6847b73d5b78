-- Buyers' reviews that may count: each tied to one verified order of the same buyer in the same shop, one per order and item, inside the
-- window, and revealed: when both sides have rated, or when the window is over. Of the seller's rating of the buyer only its time is read.
-- Identifiers in documents are salted: `salt` opens the commitment of one review, `pair` names a buyer within one shop and one key only.
WITH bought AS MATERIALIZED (
  SELECT "order", shop, buyer, max(closed_at) AS closed_at FROM "order" WHERE paid_at IS NOT NULL GROUP BY ALL
),
answered AS (
  SELECT "order", shop, min(reviewed_at) AS answered_at FROM review WHERE rater_role = 'seller' AND "order" IS NOT NULL GROUP BY ALL
),
tied AS (
  SELECT r.platform, r.review_no, r.review, r.shop, r.rater, r.stars, r.reviewed_at, r."order", r.item,
         coalesce(b.closed_at, r.reviewed_at) + to_days($window_days) AS closes_at, a.answered_at
  FROM review r
  JOIN bought b ON b."order" = r."order" AND b.shop = r.shop AND b.buyer = r.rater
  LEFT JOIN answered a ON a."order" = r."order" AND a.shop = r.shop
  WHERE coalesce(r.rater_role, 'buyer') = 'buyer'
),
once AS (
  SELECT * FROM tied WHERE reviewed_at <= closes_at
  QUALIFY row_number() OVER (PARTITION BY "order", shop, item ORDER BY reviewed_at, review_no) = 1
),
shown AS (
  SELECT *, CAST(greatest(reviewed_at, least(closes_at, coalesce(answered_at, closes_at))) AS DATE) AS revealed_on FROM once
),
named AS (
  SELECT platform, review_no, review, shop, rater, stars, date_diff('day', DATE '1970-01-01', CAST(reviewed_at AS DATE)) AS day,
         sha256($key || '/review/' || platform || '/' || review_no) AS salt,
         sha256($key || '/pair/' || shop || '/' || rater)[:16] AS pair
  FROM shown WHERE revealed_on <= CAST($today AS DATE) AND reviewed_at < CAST($today AS DATE) + INTERVAL 1 DAY
)
SELECT *, sha256(salt || platform || '/' || review_no)[:32] AS id FROM named ORDER BY shop, day, id
