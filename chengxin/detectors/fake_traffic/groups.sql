-- What there is to say about each group of tied surges (most groups are one shop): counts of signs inside, and of the same shops outside.
WITH tied AS (  -- a device or account that visited two shops of the group
    SELECT m.surge, m.thing FROM mark m JOIN grouped g USING (surge)
    QUALIFY count(DISTINCT m.shop) OVER (PARTITION BY g.grp, m.thing) >= 2
),
marked AS (
    SELECT g.grp, m.*, (m.surge, m.thing) IN (SELECT (surge, thing) FROM tied) AS linked FROM mark m JOIN grouped g USING (surge)
),
signs AS (
    SELECT grp, list(DISTINCT shop ORDER BY shop) AS shops, count(*) AS n, min(entered_at) AS first_at, max(entered_at) AS last_at,
           count(DISTINCT thing) AS things, count(*) FILTER (glance) AS glance, count(*) FILTER (single) AS single,
           count(*) FILTER (night) AS night, count(*) FILTER (shared_device) AS shared_device,
           count(*) FILTER (crowded_network) AS crowded_network, count(*) FILTER (repeated) AS repeated,
           count(*) FILTER (linked) AS linked, count(DISTINCT thing) FILTER (linked) AS linked_things,
           count(DISTINCT device) FILTER (shared_device) AS devices, count(DISTINCT ip) FILTER (crowded_network) AS networks,
           coalesce(max(device_users), 0) AS device_most, coalesce(max(network_visits), 0) AS network_most
    FROM marked GROUP BY grp
),
trade AS (
    SELECT g.grp, l.day >= s.day AND l.day < s.day + s.length AS inside, count(*) AS visits, count(*) FILTER (l.ordered) AS orders,
           count(*) FILTER (l.idle) AS idle, count(*) FILTER (l.idle AND l.glance) AS glance, count(*) FILTER (l.idle AND l.single) AS single,
           count(*) FILTER (l.idle AND l.night) AS night
    FROM look l JOIN surge s USING (shop) JOIN grouped g USING (surge) GROUP BY ALL
),
hours AS (
    SELECT g.grp, l.hour, count(*) FILTER (l.day >= s.day AND l.day < s.day + s.length) AS mine,
           count(*) FILTER (NOT (l.day >= s.day AND l.day < s.day + s.length)) AS other
    FROM look l JOIN surge s USING (shop) JOIN grouped g USING (surge) WHERE l.idle GROUP BY ALL
),
moved AS (  -- the part of the visits that would have to come at another hour to look as the shop's other visits do
    SELECT grp, 0.5 * sum(abs(mine / all_mine - other / all_other)) AS moved
    FROM (SELECT *, sum(mine) OVER (PARTITION BY grp) AS all_mine, greatest(sum(other) OVER (PARTITION BY grp), 1) AS all_other FROM hours)
    GROUP BY grp
),
volume AS (
    SELECT g.grp, sum(s.usual) AS usual, max(s.z) AS z, max(s.length) AS days FROM surge s JOIN grouped g USING (surge) GROUP BY g.grp
)
SELECT signs.*, volume.usual, volume.z, volume.days, coalesce(moved.moved, 0) AS moved,
       i.visits, i.orders, coalesce(o.visits, 0) AS visits_out, coalesce(o.orders, 0) AS orders_out, coalesce(o.idle, 0) AS idle_out,
       coalesce(o.glance, 0) AS glance_out, coalesce(o.single, 0) AS single_out, coalesce(o.night, 0) AS night_out
FROM signs JOIN volume USING (grp) JOIN trade i ON i.grp = signs.grp AND i.inside LEFT JOIN trade o ON o.grp = signs.grp AND NOT o.inside
LEFT JOIN moved ON moved.grp = signs.grp
ORDER BY signs.grp
