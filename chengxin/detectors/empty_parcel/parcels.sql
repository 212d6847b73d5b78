-- One row per parcel with every sign that it was no real delivery. Weights in grams, times as timestamps, signs as booleans.
WITH listed AS (
  SELECT item, arg_max(weight_g, changed_at) AS declared FROM listing WHERE weight_g > 0 GROUP BY item
),
bought AS (
  SELECT "order", arg_min(item, (line_no, fact)) AS item, sum(qty) AS qty, arg_min(buyer, (line_no, fact)) AS buyer, min(ordered_at) AS ordered_at,
         sum(qty * declared) AS declared
  FROM (SELECT o.*, listed.declared FROM "order" o LEFT JOIN listed USING (item))
  GROUP BY "order"
),
-- A platform that reports kilograms for grams would make every parcel light: its weights are left aside until they are corrected.
unit AS (
  SELECT p.platform FROM parcel p JOIN bought b ON b."order" = p."order" WHERE p.weight_g IS NOT NULL AND b.declared > 0
  GROUP BY p.platform HAVING median(p.weight_g / b.declared) NOT BETWEEN 1 / $unit_times::DOUBLE AND $unit_times::DOUBLE
),
sent AS MATERIALIZED (
  SELECT p.fact, p.parcel, p.shop, p.sender, CASE WHEN p.weight_g >= 0 AND u.platform IS NULL THEN p.weight_g END AS weight_g, p.origin_division, p.dest_division, p.collected_at, p.signed_at,
         b.item, b.qty, b.buyer, b.declared, b.ordered_at
  FROM parcel p LEFT JOIN bought b ON b."order" = p."order" LEFT JOIN unit u ON u.platform = p.platform
),
waybill AS (
  SELECT parcel, count(DISTINCT buyer) AS buyers, count(*) AS orders, sum(declared) AS declared
  FROM sent GROUP BY parcel HAVING count(*) > 1
),
usual AS (
  SELECT item, median(weight_g / qty) AS middle, mad(weight_g / qty) AS spread
  FROM sent WHERE weight_g > 0 AND qty > 0 GROUP BY item HAVING count(*) >= $usual_min
),
trail AS (
  SELECT parcel, count(*) FILTER (WHERE status NOT IN ('PICKED', 'SIGNED')) AS on_the_way, count(*) AS scans,
         arg_max(division, "at") FILTER (WHERE status = 'SIGNED') AS signed_division
  FROM scan GROUP BY parcel
),
copied AS (
  SELECT shop, collected_at, signed_at
  FROM (SELECT DISTINCT shop, parcel, collected_at, signed_at FROM sent WHERE signed_at IS NOT NULL)
  GROUP BY ALL HAVING count(*) >= $same_second_min
)
SELECT s.fact, s.parcel, s.shop, s.sender, s.buyer, s.weight_g, s.collected_at, s.signed_at,
       coalesce(w.declared, s.declared) AS declared,
       u.middle AS usual,
       coalesce(w.buyers, 1) AS buyers,
       coalesce(s.weight_g < $light_share * coalesce(w.declared, s.declared), false) AS light,
       coalesce((s.weight_g / s.qty - u.middle) / greatest(1.4826 * u.spread, $spread_floor * u.middle) <= $light_z
                AND w.parcel IS NULL, false) AS off_usual,
       coalesce(w.buyers >= $shared_buyers_min, false) AS shared_waybill,
       c.shop IS NOT NULL AS same_second,
       coalesce(s.origin_division <> s.dest_division AND s.signed_at - s.collected_at < to_hours($short_hours), false) AS too_fast,
       coalesce(left(t.signed_division, 4) <> left(s.dest_division, 4), false) AS wrong_city,
       coalesce(s.signed_at IS NOT NULL AND t.on_the_way = 0, false) AS no_scans,
       coalesce(s.collected_at < s.ordered_at, false) AS late_order
FROM sent s
LEFT JOIN waybill w USING (parcel)
LEFT JOIN usual u USING (item)
LEFT JOIN trail t USING (parcel)
LEFT JOIN copied c ON c.shop = s.shop AND c.collected_at = s.collected_at AND c.signed_at = s.signed_at
