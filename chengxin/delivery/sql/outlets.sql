-- Each outlet's parcels of a period, by the outlet that held a parcel last: on time, late, lost, and the incidents that were found true.
WITH way AS (
    SELECT waybill_no, arg_max(outlet, ("at", seq)) AS outlet, max("at") AS last_at,
        min("at") FILTER (status = 'SIGNED') AS signed_at, bool_or(status = 'RETURNED') AS returned
    FROM scan WHERE "at" >= $since AND outlet IS NOT NULL GROUP BY waybill_no
), carried AS (
    SELECT waybill_no, min(courier) AS courier, min(collected_at) AS collected_at, max(signed_at) AS signed_at,
        left(min(origin_division), 4) = left(min(dest_division), 4) AS inside
    FROM parcel WHERE collected_at >= $since AND collected_at < $until GROUP BY waybill_no
), judged AS (
    SELECT c.courier, w.outlet, coalesce(w.signed_at, c.signed_at) AS signed_at, w.returned, c.collected_at, w.last_at,
        CASE WHEN c.inside THEN $hours_city ELSE $hours_beyond END AS hours,
        CASE WHEN c.inside THEN $days_city ELSE $days_beyond END AS days,
        i.waybill_no IS NOT NULL AS complained
    FROM carried c JOIN way w USING (waybill_no) LEFT JOIN incidents i USING (waybill_no)
)
SELECT courier, outlet, count(*) AS parcels,
    count(*) FILTER (signed_at IS NOT NULL) AS delivered,
    count(*) FILTER (date_diff('second', collected_at, signed_at) <= hours * 3600) AS on_time,
    count(*) FILTER (signed_at IS NULL AND NOT returned AND date_diff('second', last_at, $until) > days * 86400) AS lost,
    count(*) FILTER (complained) AS complained
FROM judged WHERE ($courier = '' OR courier = $courier) GROUP BY courier, outlet ORDER BY courier, outlet
