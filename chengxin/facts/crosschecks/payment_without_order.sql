-- Payments of the batch whose order was never reported.
SELECT p.fact AS fact, p.payment_no AS number, 'payment' AS kind
FROM payment p JOIN touched t ON p."order" = t.token
WHERE p.platform = $platform AND NOT EXISTS (FROM "order" o WHERE o."order" = p."order")
