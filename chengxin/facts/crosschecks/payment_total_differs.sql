-- Orders whose payments do not add up to what their lines say was paid.
WITH lines AS (
  SELECT o."order" AS token, min(o.fact) AS fact, min(o.order_no) AS number, sum(o.paid) AS paid
  FROM "order" o JOIN touched t ON o."order" = t.token WHERE o.platform = $platform GROUP BY 1
), payments AS (
  SELECT p."order" AS token, sum(p.amount) AS amount FROM payment p JOIN touched t ON p."order" = t.token GROUP BY 1
)
SELECT l.fact AS fact, l.number AS number, 'order' AS kind
FROM lines l JOIN payments p USING (token) WHERE l.paid <> p.amount
