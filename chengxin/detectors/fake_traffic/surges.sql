-- Per shop the stretch of days in which idle visits stand out most from the shop's own rhythm.
-- A day's count is first divided by how busy the whole city is that day (each shop's share in that is capped, so that no surge makes its
-- own yardstick). For each length, a stretch's count is compared with all stretches of that length in the same shop: median, and MAD as
-- the spread, never below the Poisson error. The robust z says whether it stands out, the surprise which of several stretches fits best.
WITH counts AS (SELECT shop, day, count(*) FILTER (idle) AS n FROM look GROUP BY shop, day),
span AS (SELECT shop, min(day) AS first FROM counts GROUP BY shop),
dense AS MATERIALIZED (
    SELECT d.shop, d.day, coalesce(c.n, 0) AS n
    FROM (SELECT shop, unnest(range(first, (SELECT max(day) + 1 FROM counts))) AS day FROM span) d LEFT JOIN counts c USING (shop, day)
),
usual AS (SELECT shop, quantile_cont(n, 0.75) AS high FROM dense GROUP BY shop),
total AS (SELECT day, sum(least(n, 3 * high + 3)) AS n FROM dense JOIN usual USING (shop) GROUP BY day),
busy AS (SELECT day, (n + $calm) / ((SELECT median(n) FROM total) + $calm) AS factor FROM total),
paced AS (SELECT shop, day, n, n / factor AS m FROM dense JOIN busy USING (day)),
stretch AS (
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
