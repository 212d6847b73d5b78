-- Pairs of surges whose days overlap and that the same devices (or accounts) made, with what chance would give when each thing keeps the
-- number of shops it visits anyway: da db sum(d (d - 1)) / E^2, as Chung and Lu (2002), within the platform when both are on one.
-- Who compares prices looks at several shops too, but in the end buys in one: nearly all who were at both must have bought in neither.
WITH held AS (
    SELECT s.surge, l.thing, bool_and(l.idle) AS idle, count(*) AS visits FROM look l JOIN surge s ON s.shop = l.shop AND l.day >= s.day AND l.day < s.day + s.length
    GROUP BY s.surge, l.thing
),
size AS (SELECT surge, count(*) FILTER (idle) AS n, sum(visits) FILTER (idle) AS visits FROM held GROUP BY surge),
degree AS (SELECT platform, thing, count(DISTINCT shop) AS d FROM look GROUP BY platform, thing),
total AS (SELECT platform, sum(d)::DOUBLE AS e, sum(d * (d - 1))::DOUBLE AS meetings FROM degree GROUP BY GROUPING SETS ((platform), ())),
met AS (
    SELECT a.surge AS a, b.surge AS b, count(*) FILTER (a.idle AND b.idle) AS shared,
           sum(a.visits) FILTER (a.idle AND b.idle) AS va, sum(b.visits) FILTER (a.idle AND b.idle) AS vb
    FROM held a JOIN held b ON a.thing = b.thing AND a.surge < b.surge
    GROUP BY ALL HAVING shared >= $tie_things AND shared >= $tie_idle * count(*)
),
weighed AS (
    SELECT a, b, shared, greatest(va / x.visits, vb / y.visits) AS share, greatest(x.n * y.n * t.meetings / t.e ^ 2, 1e-6) AS expected
    FROM met JOIN surge p ON p.surge = a JOIN surge q ON q.surge = b JOIN size x ON x.surge = a JOIN size y ON y.surge = b
    JOIN total t ON t.platform IS NOT DISTINCT FROM (CASE WHEN p.platform = q.platform THEN p.platform END)
    WHERE p.day < q.day + q.length AND q.day < p.day + p.length
)
SELECT a, b, shared, expected FROM weighed
WHERE share >= $tie_share AND shared > expected
  AND shared * ln(shared / expected) - shared + expected - ln((SELECT count(*) * (count(*) - 1) / 2 FROM surge)) >= $tie_nats
ORDER BY a, b
