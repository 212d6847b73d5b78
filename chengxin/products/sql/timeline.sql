-- Everything the platforms reported of one order, in the order of time. No buyer, address, payer or text of a review is read.
-- order_no, platform: the order. Listings are read up to its moment.
WITH mine AS (SELECT * FROM "order" WHERE order_no = $order_no AND ($platform = '' OR platform = $platform)),
sent AS (SELECT * FROM parcel WHERE order_no = $order_no AND ($platform = '' OR platform = $platform))
SELECT 'listing' AS kind, l.changed_at AS at, l.platform, l.title AS what, coalesce(l.status, '') AS detail, l.fact, l.batch
FROM listing l JOIN (SELECT DISTINCT platform, shop, sku, min(ordered_at) AS ordered_at FROM mine GROUP BY ALL) m
    ON l.platform = m.platform AND l.shop = m.shop AND l.sku = m.sku AND l.changed_at <= m.ordered_at
UNION ALL SELECT 'order', ordered_at, platform, coalesce(title, sku), qty || ' × ' || sku, fact, batch FROM mine
UNION ALL SELECT 'payment', p.paid_at, p.platform, coalesce(p.institution, ''), printf('%d', p.amount), p.fact, p.batch
    FROM payment p WHERE EXISTS (SELECT 1 FROM mine m WHERE m.platform = p.platform AND m."order" = p."order")
UNION ALL SELECT 'refund', r.refunded_at, r.platform, coalesce(r.reason, ''), printf('%d', r.amount), r.fact, r.batch
    FROM refund r WHERE r.refunded_at IS NOT NULL AND EXISTS (SELECT 1 FROM mine m WHERE m.platform = r.platform AND m."order" = r."order")
UNION ALL SELECT 'parcel', collected_at, platform, courier, waybill_no, fact, batch FROM sent
UNION ALL SELECT 'scan', s.at, s.platform, s.status, s.division, s.fact, s.batch
    FROM scan s WHERE EXISTS (SELECT 1 FROM sent x WHERE x.waybill_no = s.waybill_no)
UNION ALL SELECT 'receipt', signed_at, platform, coalesce(sign_type, ''), waybill_no, fact, batch FROM sent WHERE signed_at IS NOT NULL
UNION ALL SELECT 'review', v.reviewed_at, v.platform, v.stars || ' / 5', v.review_no, v.fact, v.batch
    FROM review v WHERE EXISTS (SELECT 1 FROM mine m WHERE m.platform = v.platform AND m."order" = v."order")
UNION ALL SELECT 'complaint', c.filed_at, c.platform, coalesce(c.reason, ''), c.complaint_no, c.fact, c.batch
    FROM complaint c WHERE EXISTS (SELECT 1 FROM mine m WHERE m.platform = c.platform AND m."order" = c."order")
ORDER BY 2, 1, 6
