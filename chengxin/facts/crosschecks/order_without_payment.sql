-- Paid orders of the batch for which no payment was reported.
SELECT o.fact AS fact, o.order_no AS number, 'order' AS kind
FROM "order" o JOIN touched t ON o."order" = t.token
WHERE o.platform = $platform AND o.paid_at IS NOT NULL
  AND NOT EXISTS (FROM payment p WHERE p."order" = o."order")
