-- What is usual in this city: for each sign its share in the median shop (shops with enough idle visits), so that no few surges shift it.
-- Signs that count visits together are counted by fortnight.
WITH idle AS (SELECT *, day // 14 AS fortnight FROM look WHERE idle),
by_device AS (SELECT shop, fortnight, device, count(DISTINCT visitor) AS users, count(*) AS visits FROM idle WHERE device IS NOT NULL GROUP BY ALL),
by_network AS (SELECT shop, fortnight, ip, count(*) AS visits FROM idle WHERE ip IS NOT NULL GROUP BY ALL),
by_thing AS (SELECT shop, fortnight, thing, count(*) AS visits FROM idle GROUP BY ALL),
plain AS (SELECT shop, count(*) AS n, avg(glance::INT) AS glance, avg(single::INT) AS single, avg(night::INT) AS night FROM idle GROUP BY shop),
devices AS (SELECT shop, sum(visits) FILTER (users >= $device_users) AS n FROM by_device GROUP BY shop),
networks AS (SELECT shop, sum(visits) FILTER (visits >= $network_visits) AS n FROM by_network GROUP BY shop),
things AS (SELECT shop, sum(visits) FILTER (visits >= $repeat_visits) AS n FROM by_thing GROUP BY shop),
trade AS (SELECT shop, count(*) AS visits, avg(ordered::INT) AS conversion FROM look GROUP BY shop)
SELECT coalesce(median(p.glance), 0) AS glance, coalesce(median(p.single), 0) AS single, coalesce(median(p.night), 0) AS night,
       coalesce(median(coalesce(d.n, 0) / p.n), 0) AS shared_device, coalesce(median(coalesce(w.n, 0) / p.n), 0) AS crowded_network,
       coalesce(median(coalesce(t.n, 0) / p.n), 0) AS repeated, coalesce(median(c.conversion), 0) AS conversion, count(*) AS shops
FROM plain p LEFT JOIN devices d USING (shop) LEFT JOIN networks w USING (shop) LEFT JOIN things t USING (shop) JOIN trade c USING (shop)
WHERE p.n >= $peer_visits
