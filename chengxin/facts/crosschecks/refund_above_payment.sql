-- Orders for which more was refunded than paid.
WITH refunds AS (
  SELECT r."order" AS token, min(r.fact) AS fact, min(r.refund_no) AS number, sum(r.amount) AS amount
  FROM refund r JOIN touched t ON r."order" = t.token WHERE r.platform = $platform GROUP BY 1
), payments AS (
  SELECT p."order" AS token, sum(p.amount) AS amount FROM payment p JOIN touched t ON p."order" = t.token GROUP BY 1
), lines AS (
  SELECT o."order" AS token, sum(o.paid) AS amount FROM "order" o JOIN touched t ON o."order" = t.token GROUP BY 1
)
SELECT r.fact AS fact, r.number AS number, 'refund' AS kind
FROM refunds r LEFT JOIN payments p USING (token) LEFT JOIN lines l USING (token)
WHERE r.amount > coalesce(p.amount, l.amount)
