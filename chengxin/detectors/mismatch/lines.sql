-- One row per order line with what its buyer said of the goods. `other` counts claims that say nothing against the goods (no reason given,
-- other): they tell how much is returned in this shop anyway. An order of several items is left out: a claim names the order, not the item.
WITH single AS (
  SELECT "order" FROM "order" GROUP BY "order" HAVING count(DISTINCT item) = 1
),
back AS (
  SELECT "order", bool_or(reason = 'not_as_described') AS says, bool_or(coalesce(reason, 'other') IN ('no_reason', 'other')) AS other,
         list(fact ORDER BY fact) FILTER (WHERE reason = 'not_as_described') AS refunds
  FROM refund GROUP BY "order"
),
blame AS (
  SELECT "order", bool_or(reason = 'not_as_described') AS says, list(fact ORDER BY fact) FILTER (WHERE reason = 'not_as_described') AS complaints
  FROM complaint WHERE "order" IS NOT NULL GROUP BY "order"
)
SELECT o.fact, o."order", o.shop, o.item, coalesce(o.category, '') AS category, o.ordered_at, o.qty,
       coalesce(back.says, false) OR coalesce(blame.says, false) AS says, coalesce(back.other, false) AS other,
       coalesce(back.refunds, []) AS refunds, coalesce(blame.complaints, []) AS complaints
FROM "order" o SEMI JOIN single ON single."order" = o."order"
LEFT JOIN back ON back."order" = o."order"
LEFT JOIN blame ON blame."order" = o."order"
WHERE o.ordered_at < $until AND o.item IS NOT NULL
