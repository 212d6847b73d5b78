-- One row per visit: who looked at which shop when, by which device and network, and whether it has to do with a purchase.
-- A visit is idle when it did not end in an order and its visitor never bought at this shop; only idle visits can be bought traffic.
-- `thing` is the device, or the account where the platform does not know the device.
SELECT v.fact, v.platform, v.shop, v.visitor, v.device, v.ip, coalesce(v.device, v.visitor) AS thing, v.entered_at,
       date_diff('day', $begin, v.entered_at) AS day, hour(v.entered_at) AS hour,
       coalesce(v.ordered, b.buyer IS NOT NULL) AS ordered,
       NOT (coalesce(v.ordered, false) OR b.buyer IS NOT NULL) AS idle,
       coalesce(v.seconds <= $glance_seconds AND coalesce(v.pages, 1) <= 1, false) AS glance,
       coalesce(v.pages <= 1, false) AS single,
       hour(v.entered_at) BETWEEN $night_from AND $night_until - 1 AS night
FROM visit v LEFT JOIN (SELECT DISTINCT shop, buyer FROM "order") b ON b.shop = v.shop AND b.buyer = v.visitor
WHERE v.entered_at >= $begin AND v.entered_at < $until
