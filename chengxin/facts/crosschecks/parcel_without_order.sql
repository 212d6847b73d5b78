-- Parcels of the batch whose order was never reported.
SELECT p.fact AS fact, p.waybill_no AS number, 'parcel' AS kind
FROM parcel p JOIN touched t ON p."order" = t.token
WHERE p.platform = $platform AND NOT EXISTS (FROM "order" o WHERE o."order" = p."order")
