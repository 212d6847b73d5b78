-- Per shop and day the idle visits n, and m: n divided by how busy the whole city is that day (each shop's share in that is capped, so that no
-- surge makes its own yardstick). Days without a visit count as 0 from the shop's first day on.
WITH counts AS (SELECT shop, day, count(*) FILTER (idle) AS n FROM look GROUP BY shop, day),
span AS (SELECT shop, min(day) AS first FROM counts GROUP BY shop),
dense AS MATERIALIZED (
    SELECT d.shop, d.day, coalesce(c.n, 0) AS n
    FROM (SELECT shop, unnest(range(first, (SELECT max(day) + 1 FROM counts))) AS day FROM span) d LEFT JOIN counts c USING (shop, day)
),
usual AS (SELECT shop, quantile_cont(n, 0.75) AS high FROM dense GROUP BY shop),
total AS (SELECT day, sum(least(n, 3 * high + 3)) AS n FROM dense JOIN usual USING (shop) GROUP BY day),
busy AS (SELECT day, (n + $calm) / ((SELECT median(n) FROM total) + $calm) AS factor FROM total)
SELECT shop, day, n, n / factor AS m FROM dense JOIN busy USING (day)
