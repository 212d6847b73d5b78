-- One row per repaid order: whether the money went to somebody who neither ordered nor paid (`third`), and whether nothing was sent
-- (`unsent`; only on platforms that do report parcels). Money in fen, hours from payment to the demand.
WITH bought AS (
  SELECT "order", any_value(shop ORDER BY fact) AS shop, any_value(platform ORDER BY fact) AS platform, any_value(buyer ORDER BY fact) AS buyer,
         arg_min(fact, coalesce(line_no, 1)) AS order_fact, min(ordered_at) AS ordered_at, any_value(device ORDER BY fact) AS device
  FROM "order" GROUP BY "order"
),
paid AS (
  SELECT "order", list(DISTINCT payer) AS payers, arg_min(fact, paid_at) AS payment_fact, min(paid_at) AS paid_at, arg_min(method, paid_at) AS method
  FROM payment WHERE amount > 0 GROUP BY "order"
),
sent AS (SELECT DISTINCT "order" FROM parcel),
reporting AS (
  SELECT platform FROM bought SEMI JOIN paid USING ("order") LEFT JOIN (SELECT "order", 1 AS there FROM sent) USING ("order")
  GROUP BY platform HAVING avg(coalesce(there, 0)) >= $reporting_share
)
SELECT r.fact, r."order", r.payee, r.amount, r.requested_at, o.shop, o.buyer, o.device, o.order_fact, p.payment_fact, p.method = 'credit' AS credit,
       (epoch(r.requested_at) - epoch(p.paid_at)) / 3600 AS hours,
       r.payee <> o.buyer AND NOT list_contains(p.payers, r.payee) AS third,
       o.platform IN (SELECT platform FROM reporting) AND s."order" IS NULL AS unsent
FROM refund r JOIN bought o USING ("order") JOIN paid p USING ("order") LEFT JOIN sent s USING ("order")
WHERE r.payee IS NOT NULL AND r.amount > 0
