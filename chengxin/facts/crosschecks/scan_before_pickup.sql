-- Parcels scanned before they were picked up.
WITH scans AS (
  SELECT s.parcel AS token, arg_min(s.fact, s.at) AS fact, min(s.at) AS at
  FROM scan s JOIN touched t ON s.parcel = t.token WHERE s.platform = $platform GROUP BY 1
)
SELECT s.fact AS fact, p.waybill_no AS number, 'scan' AS kind
FROM scans s JOIN parcel p ON p.parcel = s.token WHERE s.at < p.collected_at
