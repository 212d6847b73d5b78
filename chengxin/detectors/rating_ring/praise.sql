-- One row per five-star review that somebody wrote: how soon after the parcel was signed for, on which device it was bought, and whether the
-- rater was new. Texts found at very many shops are the platform's default praise, which nobody wrote.
WITH written AS (
  SELECT fact, review, "order", shop, item, rater, text, reviewed_at FROM review
  WHERE stars >= $praise_stars AND coalesce(rater_role, 'buyer') = 'buyer' AND text IS NOT NULL
),
default_text AS (SELECT text FROM written GROUP BY text HAVING count(DISTINCT shop) >= $default_shops),
said AS MATERIALIZED (SELECT * FROM written ANTI JOIN default_text USING (text)),
bought AS (
  SELECT "order", min(fact) AS order_fact, any_value(device ORDER BY fact) AS device FROM "order" SEMI JOIN said USING ("order") GROUP BY "order"
),
signed AS (SELECT "order", min(signed_at) AS signed_at FROM parcel SEMI JOIN said USING ("order") GROUP BY "order"),
first_seen AS (SELECT buyer AS rater, min(ordered_at) AS first_order FROM "order" GROUP BY buyer),
begun AS (SELECT min(ordered_at) AS reports_begin FROM "order")
SELECT s.*, b.order_fact, b.device, coalesce(s.reviewed_at - g.signed_at < to_hours($soon_hours), false) AS soon,
       coalesce(f.first_order > reports_begin + to_days($new_days) AND s.reviewed_at < f.first_order + to_days($new_days), false) AS fresh
FROM said s LEFT JOIN bought b USING ("order") LEFT JOIN signed g USING ("order") LEFT JOIN first_seen f USING (rater) CROSS JOIN begun
