-- Per shop the stretch of days in which idle visits stand out most from the shop's own rhythm.
-- For each length, a stretch's count, paced by the city, is compared with all stretches of that length in the same shop: median, and MAD as
-- the spread, never below the Poisson error. The robust z says whether it stands out, the surprise which of several stretches fits best.
WITH stretch AS (
    SELECT shop, day, length, sum(n) OVER reach AS n, sum(m) OVER reach AS m, count(*) OVER reach AS days
    FROM paced CROSS JOIN (SELECT {length} AS length)
    WINDOW reach AS (PARTITION BY shop ORDER BY day ROWS BETWEEN CURRENT ROW AND {length} - 1 FOLLOWING)
),
whole AS (SELECT * FROM stretch WHERE days = length),
middle AS (SELECT shop, median(m) AS m, 1.4826 * mad(m) AS spread FROM whole GROUP BY shop)
SELECT w.shop, w.length, w.day, w.n::BIGINT AS n, middle.m AS usual,
       (w.m - middle.m) / (middle.spread + sqrt(middle.m) + 1) AS z,
       w.m * ln(w.m / (middle.m + 1)) - w.m + middle.m + 1 AS surprise
FROM whole w JOIN middle USING (shop)
WHERE w.n >= $visits_min AND w.m >= $times_min * middle.m AND z >= $z_min
QUALIFY row_number() OVER (PARTITION BY w.shop ORDER BY surprise DESC, w.day) = 1
