-- Each thing that does not fit, with its kind, the number it is known by, both amounts in fen, and the facts that show it.
-- placed_at is what puts it into a window. An order counts under one kind of its payments: what is not paid at all is not also paid wrongly.
WITH found AS (
    SELECT 'no_payment' AS kind, order_no AS key, paid_at AS happened_at, paid AS expected, 0 AS found, w.* FROM whole w
    WHERE payments = 0 AND paid > 0 AND paid_at + to_hours($payment_hours) <= $as_of
    UNION ALL
    SELECT 'paid_twice', order_no, last_paid_at, paid, got, w.* FROM whole w
    WHERE payments > 1 AND least = paid AND most = paid AND got - back > paid + $tolerance_fen
    UNION ALL
    SELECT 'amount', order_no, last_paid_at, paid, got, w.* FROM whole w
    WHERE payments > 0 AND paid_at + to_hours($payment_hours) <= $as_of AND abs(got - paid) > $tolerance_fen
        AND NOT (payments > 1 AND least = paid AND most = paid) AND NOT (got > paid AND got - back BETWEEN paid - $tolerance_fen AND paid + $tolerance_fen)
    UNION ALL
    SELECT 'over_refund', order_no, last_paid_at, got, back, w.* FROM whole w WHERE payments > 0 AND back > got + $tolerance_fen
    UNION ALL
    SELECT 'never_shipped', order_no, paid_at, paid, got, w.* FROM whole w
    WHERE payments > 0 AND parcel_facts IS NULL AND NOT fetched AND closed_at IS NULL AND back < got
        AND paid_at + to_days($ship_days) <= $as_of
    UNION ALL
    SELECT 'unpaid_shipped', order_no, collected_at, paid, 0, w.* FROM whole w
    WHERE payments = 0 AND paid_at IS NULL AND collected_at + to_hours($payment_hours) <= $as_of
    UNION ALL
    SELECT 'late_payment', order_no, last_paid_at, paid, got, w.* FROM whole w
    WHERE payments > 0 AND last_paid_at > signed_at + to_hours($late_payment_hours)
    UNION ALL
    SELECT 'other_payer', order_no, paid_at, paid, got, w.* FROM whole w
    WHERE EXISTS (
        SELECT 1 FROM strangers s JOIN strangers o ON o.platform = s.platform AND o.payer = s.payer AND o.shop = s.shop
            AND o.paid_at BETWEEN s.paid_at - to_days($other_payer_days) AND s.paid_at + to_days($other_payer_days)
        WHERE s.platform = w.platform AND s."order" = w."order"
        GROUP BY s.payer HAVING count(DISTINCT o.buyer) >= $other_payer_buyers)
)
SELECT platform, kind, key, order_no, shop, happened_at, ordered_at AS placed_at, expected, found,
    order_facts, coalesce(payment_facts, []) AS payment_facts, coalesce(refund_facts, []) AS refund_facts,
    coalesce(parcel_facts, []) AS parcel_facts
FROM found
UNION ALL
SELECT platform, 'no_order', payment_no, '', NULL, paid_at, paid_at, 0, amount, [], [fact], [], [] FROM payment p
WHERE paid_at >= $since AND paid_at < $until AND paid_at + to_hours($payment_hours) <= $as_of
    AND (len($platforms) = 0 OR list_contains($platforms, platform))
    AND NOT EXISTS (SELECT 1 FROM known_orders k WHERE k.platform = p.platform AND k."order" = p."order")
UNION ALL
SELECT platform, 'parcel_no_order', waybill_no, order_no, shop, collected_at, collected_at, 0, 0, [], [], [], [fact] FROM parcel c
WHERE collected_at >= $since AND collected_at < $until AND collected_at + to_hours($payment_hours) <= $as_of
    AND (len($platforms) = 0 OR list_contains($platforms, platform))
    AND NOT EXISTS (SELECT 1 FROM known_orders k WHERE k.platform = c.platform AND k."order" = c."order")
UNION ALL
SELECT r.platform, 'refund_no_payment', r.refund_no, coalesce(o.order_no, ''), o.shop, r.refunded_at, r.refunded_at, 0, r.amount,
    coalesce(o.facts, []), [], [r.fact], [] FROM refund r
LEFT JOIN (
    SELECT platform, "order", min(order_no) AS order_no, min(shop) AS shop, max(paid_at) AS paid_at, list(fact ORDER BY fact) AS facts
    FROM "order" WHERE ordered_at >= $back GROUP BY ALL
) o USING (platform, "order")
WHERE r.refunded_at >= $since AND r.refunded_at < $until AND (len($platforms) = 0 OR list_contains($platforms, r.platform))
    AND r.amount > 0 AND o.paid_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM paid p WHERE p.platform = r.platform AND p."order" = r."order")
ORDER BY platform, kind, key
