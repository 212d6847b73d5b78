-- One parcel's scans in the order of time, each with what it does to the chain of custody. A scan that two sources report is one scan.
WITH once AS (
    SELECT * FROM scan WHERE waybill_no = $waybill AND "at" >= $since AND "at" < $until
    QUALIFY row_number() OVER (PARTITION BY status, "at", outlet ORDER BY platform, seq) = 1
), seen AS (
    SELECT *,
        lag("at") OVER way AS before_at,
        coalesce(lag(outlet) OVER way, '') <> coalesce(outlet, '') OR row_number() OVER way = 1 AS handed,
        lag(division) OVER way AS before_division,
        coalesce(bool_or(status = 'SIGNED') OVER (way ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS after_end
    FROM once WINDOW way AS (ORDER BY "at", seq, status)
), timed AS (
    SELECT *, date_diff('second', before_at, "at") / 60.0 AS minutes, sum(handed::INT) OVER (ORDER BY "at", seq, status) AS holding FROM seen
), placed AS (
    SELECT *, CASE
        WHEN before_division IS NULL OR division IS NULL OR before_division = division THEN NULL
        WHEN left(before_division, 2) <> left(division, 2) THEN $province
        WHEN left(before_division, 4) <> left(division, 4) THEN $city
        ELSE $county END AS least_minutes,
        min(holding) OVER (PARTITION BY outlet) AS first_holding
    FROM timed
)
SELECT platform, seq, status, "at", division, coalesce(outlet, '') AS outlet, operator, coalesce(source, '') AS source, holding,
    round(minutes, 1) AS minutes,
    coalesce(minutes > $gap * 60, false) AS gap,
    coalesce(minutes < least_minutes, false) AS too_fast,
    handed AND outlet IS NOT NULL AND holding > first_holding AND status <> 'RETURNED' AS overlap,
    after_end AND status <> 'RETURNED' AS after_end
FROM placed ORDER BY "at", seq, status
