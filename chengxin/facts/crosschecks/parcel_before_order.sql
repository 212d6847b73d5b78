-- Parcels picked up before their order was placed.
WITH placed AS (
  SELECT o."order" AS token, min(o.ordered_at) AS ordered_at FROM "order" o JOIN touched t ON o."order" = t.token GROUP BY 1
)
SELECT p.fact AS fact, p.waybill_no AS number, 'parcel' AS kind
FROM parcel p JOIN placed o ON p."order" = o.token
WHERE p.platform = $platform AND p.collected_at < o.ordered_at
