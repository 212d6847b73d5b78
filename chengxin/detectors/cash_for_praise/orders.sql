-- One row per order of a shop: the first review by its buyer, and a small sum paid back beside the trade (no larger refund of the order).
-- `rewarded`: the sum was asked for within some days after the review; `paid_back`: a small sum at any time.
WITH rated AS (
  SELECT "order", min(reviewed_at) AS reviewed_at, arg_min(struct_pack(fact, stars, shop), struct_pack(reviewed_at, fact)) AS said
  FROM review
  WHERE "order" IS NOT NULL AND coalesce(rater_role, 'buyer') = 'buyer' AND NOT regexp_matches(coalesce(text, ''), $by_default)
  GROUP BY "order"
),
bought AS (
  SELECT "order", shop, sum(paid) AS paid, min(ordered_at) AS ordered_at FROM "order" WHERE paid_at IS NOT NULL GROUP BY "order", shop
),
back AS (
  SELECT "order", max(amount) AS most, arg_min(struct_pack(fact, amount, requested_at), struct_pack(requested_at, fact)) AS first
  FROM refund GROUP BY "order"
)
SELECT b.shop, b."order", b.ordered_at, r.said.fact AS review, r.said.stars AS stars, r.reviewed_at, k.first.fact AS refund,
       k.first.amount AS amount, k.first.requested_at AS asked_at,
       coalesce(k.most <= $small AND k.most > 0 AND k.most <= $small_share * b.paid, false) AS paid_back,
       paid_back AND k.first.requested_at > r.reviewed_at AND k.first.requested_at <= r.reviewed_at + to_days($days) AS rewarded
FROM bought b LEFT JOIN rated r USING ("order") LEFT JOIN back k USING ("order")
