-- One row per shop with enough suspicious parcels: how many, of what kind, and what the median shop has of each sign.
WITH per_shop AS (
  SELECT shop, count(*) AS parcels, count(*) FILTER (WHERE doubt >= $parcel_min) AS suspicious,
         sum(doubt) FILTER (WHERE doubt >= $parcel_min) AS weight,
         min(collected_at) FILTER (WHERE doubt >= $parcel_min) AS since,
         max(collected_at) FILTER (WHERE doubt >= $parcel_min) AS until,
         count(*) FILTER (WHERE light) AS light, count(*) FILTER (WHERE off_usual) AS off_usual,
         count(*) FILTER (WHERE shared_waybill) AS shared_waybill, count(*) FILTER (WHERE same_second) AS same_second,
         count(*) FILTER (WHERE too_fast) AS too_fast, count(*) FILTER (WHERE wrong_city) AS wrong_city,
         count(*) FILTER (WHERE no_scans) AS no_scans, count(*) FILTER (WHERE late_order) AS late_order,
         max(buyers) AS most,
         median(weight_g) FILTER (WHERE light) AS light_weight, median(declared) FILTER (WHERE light) AS light_declared,
         median(weight_g) FILTER (WHERE off_usual) AS off_weight, median(usual) FILTER (WHERE off_usual) AS off_middle,
         min(date_diff('minute', collected_at, signed_at)) FILTER (WHERE too_fast) AS fastest
  FROM parcel_sign GROUP BY shop
)
SELECT * FROM per_shop
WHERE suspicious >= $parcels_min AND suspicious >= $share_min * parcels
ORDER BY shop
