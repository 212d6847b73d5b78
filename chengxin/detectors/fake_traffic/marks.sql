-- The idle visits of each surge with the signs that each of them bears. A device is shared when several accounts look through it at this
-- shop in these days; a network is crowded when many idle visits come through it and (next to) none that ends in an order.
WITH inside AS (
    SELECT l.*, s.surge FROM look l JOIN surge s ON s.shop = l.shop AND l.day >= s.day AND l.day < s.day + s.length
),
by_device AS (
    SELECT surge, device, count(DISTINCT visitor) AS users, count(*) AS visits FROM inside
    WHERE idle AND device IS NOT NULL GROUP BY surge, device
),
by_network AS (
    SELECT surge, ip, count(*) FILTER (idle) AS visits, count(*) FILTER (ordered) AS orders FROM inside WHERE ip IS NOT NULL GROUP BY surge, ip
),
by_thing AS (SELECT surge, thing, count(*) AS visits FROM inside WHERE idle GROUP BY surge, thing)
SELECT i.surge, i.fact, i.platform, i.shop, i.thing, i.visitor, i.device, i.ip, i.entered_at, i.hour, i.glance, i.single, i.night,
       coalesce(d.users >= $device_users, false) AS shared_device,
       coalesce(n.visits >= $network_visits AND n.orders <= $network_orders * n.visits, false) AS crowded_network,
       t.visits >= $repeat_visits AS repeated,
       d.users AS device_users, d.visits AS device_visits, n.visits AS network_visits
FROM inside i
LEFT JOIN by_device d ON d.surge = i.surge AND d.device = i.device
LEFT JOIN by_network n ON n.surge = i.surge AND n.ip = i.ip
LEFT JOIN by_thing t ON t.surge = i.surge AND t.thing = i.thing
WHERE i.idle
