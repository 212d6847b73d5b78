-- One row per bad review with what came before and after it: whether the shop's cheapest goods were bought, whether the whole price went
-- back after the review, and whether a good follow-up came after the money. Times as timestamps, money in fen.
WITH bad AS MATERIALIZED (
  SELECT fact, review, "order", shop, item, rater, stars, text, reviewed_at FROM review
  WHERE stars <= $bad_stars AND coalesce(rater_role, 'buyer') = 'buyer'
),
unit AS (
  SELECT shop, item, median(paid / qty) AS price FROM "order" WHERE qty > 0 AND item IS NOT NULL GROUP BY shop, item
),
ranked AS (
  SELECT shop, item, price <= 1.05 * min(price) OVER (PARTITION BY shop) AND count(*) OVER (PARTITION BY shop) > 1 AS cheapest FROM unit
),
bought AS (
  SELECT "order", min(fact) AS order_fact, any_value(buyer ORDER BY fact) AS buyer, sum(paid) AS paid FROM "order"
  SEMI JOIN bad USING ("order") GROUP BY "order"
),
back AS (
  SELECT b.fact, arg_min(f.fact, f.requested_at) AS refund_fact, min(f.requested_at) AS asked_at, sum(f.amount) AS amount
  FROM bad b JOIN refund f USING ("order")
  WHERE f.requested_at > b.reviewed_at AND f.requested_at <= b.reviewed_at + to_days($refund_days) GROUP BY b.fact
),
later AS (
  SELECT b.fact, arg_min(u.fact, u.reviewed_at) AS followup_fact, min(u.reviewed_at) AS turned_at
  FROM bad b JOIN back k USING (fact) JOIN followup u ON u.review = b.review AND u.rater = b.rater
  WHERE u.stars >= $good_stars AND u.reviewed_at > k.asked_at GROUP BY b.fact
)
SELECT b.fact, b.review, b.shop, b.rater, b.stars, b.text, b.reviewed_at, o.order_fact, o.paid,
       coalesce(r.cheapest, false) AS cheapest, k.refund_fact, k.asked_at, k.amount,
       coalesce(k.amount >= $whole_share * o.paid, false) AS refunded, l.followup_fact, l.turned_at, l.fact IS NOT NULL AS turned
FROM bad b LEFT JOIN bought o USING ("order") LEFT JOIN ranked r ON r.shop = b.shop AND r.item = b.item
LEFT JOIN back k USING (fact) LEFT JOIN later l USING (fact)
