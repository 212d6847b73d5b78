-- One row per written five-star review with its signs. Texts found at very many shops are default praise, which nobody wrote.
WITH written AS (
    SELECT fact, "order", shop, rater, text, reviewed_at FROM review
    WHERE stars >= $praise_stars AND coalesce(rater_role, 'buyer') = 'buyer' AND text IS NOT NULL AND rater IS NOT NULL
),
default_text AS (SELECT text FROM written GROUP BY text HAVING count(DISTINCT shop) >= $default_shops),
said AS MATERIALIZED (SELECT * FROM written ANTI JOIN default_text USING (text)),
bought AS (SELECT "order", min(fact) AS order_fact FROM "order" SEMI JOIN said USING ("order") GROUP BY "order"),
signed AS (SELECT "order", min(signed_at) AS signed_at FROM parcel SEMI JOIN said USING ("order") GROUP BY "order"),
orders_of AS (SELECT buyer AS rater, count(DISTINCT "order") AS orders, min(ordered_at) AS first_order FROM "order" GROUP BY buyer),
reviews_of AS (SELECT rater, count(*) AS reviews FROM review GROUP BY rater),
begun AS (SELECT min(ordered_at) AS reports_begin FROM "order")
SELECT s.*, b.order_fact, coalesce(s.reviewed_at - g.signed_at < to_hours($soon_hours), false) AS soon,
       r.reviews = 1 AND coalesce(o.orders, 1) = 1 AS once,
       coalesce(o.first_order > reports_begin + to_days($new_days) AND s.reviewed_at < o.first_order + to_days($new_days), false) AS fresh
FROM said s LEFT JOIN bought b USING ("order") LEFT JOIN signed g USING ("order") LEFT JOIN orders_of o USING (rater)
JOIN reviews_of r USING (rater) CROSS JOIN begun
