-- One row per order line with whether its buyer calls the goods a fake. Orders of several items are left out: a claim names the order.
WITH single AS (
  SELECT "order" FROM "order" GROUP BY "order" HAVING count(DISTINCT item) = 1
),
back AS (
  SELECT "order", list(fact ORDER BY fact) AS refunds FROM refund WHERE reason = 'fake' GROUP BY "order"
),
blame AS (
  SELECT "order", list(fact ORDER BY fact) AS complaints FROM complaint WHERE reason = 'fake' AND "order" IS NOT NULL GROUP BY "order"
)
SELECT o.fact, o."order", o.shop, o.item, coalesce(o.category, '') AS category, o.ordered_at, o.title, o.gtin,
       CASE WHEN o.qty > 0 THEN (o.paid + coalesce(o.coupon, 0)) / o.qty END AS unit,
       back."order" IS NOT NULL OR blame."order" IS NOT NULL AS says,
       coalesce(back.refunds, []) AS refunds, coalesce(blame.complaints, []) AS complaints
FROM "order" o SEMI JOIN single ON single."order" = o."order"
LEFT JOIN back ON back."order" = o."order"
LEFT JOIN blame ON blame."order" = o."order"
WHERE o.ordered_at < $until AND o.item IS NOT NULL
