-- Idle orders of the stretches looked at, with what ties their buyers together: a device, network or address that several of them used, or
-- the same buyer again and again with nothing kept.
WITH mine AS (
  SELECT o.*, s.stretch FROM raid_order o JOIN stretch s ON s.shop = o.shop AND o.week >= s.week AND o.week < s.week + s.weeks
),
device AS (SELECT stretch, device FROM mine WHERE idle AND device IS NOT NULL GROUP BY ALL HAVING count(DISTINCT buyer) >= $tied_min),
network AS (SELECT stretch, ip FROM mine WHERE idle AND ip IS NOT NULL GROUP BY ALL HAVING count(DISTINCT buyer) >= $network_min),
home AS (SELECT stretch, address FROM mine WHERE idle AND address IS NOT NULL GROUP BY ALL HAVING count(DISTINCT buyer) >= $network_min),
again AS (SELECT stretch, buyer FROM mine GROUP BY ALL HAVING count(*) FILTER (WHERE idle) > 1 AND count(*) FILTER (WHERE idle) >= 0.5 * count(*))
SELECT m.stretch, m.shop, m.fact, m.buyer, m.parcel, m.refund, m.unpaid, m.amount, m.ordered_at,
       d.device IS NOT NULL OR n.ip IS NOT NULL OR h.address IS NOT NULL AS tied, a.buyer IS NOT NULL AS repeated
FROM mine m LEFT JOIN device d ON d.stretch = m.stretch AND d.device = m.device LEFT JOIN network n ON n.stretch = m.stretch AND n.ip = m.ip
LEFT JOIN home h ON h.stretch = m.stretch AND h.address = m.address LEFT JOIN again a ON a.stretch = m.stretch AND a.buyer = m.buyer
WHERE m.idle ORDER BY m.stretch, m.fact
