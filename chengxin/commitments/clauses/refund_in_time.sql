WITH line AS (SELECT "order", arg_min(shop, fact) AS shop, min(ordered_at) AS ordered_at FROM "order" GROUP BY "order")
SELECT bound.maker, refund.platform AS place, refund.requested_at + to_days(bound.n) AS due, refund.fact,
       coalesce(refund.refunded_at > due + to_hours($grace), true) AS broken
FROM refund JOIN line USING ("order") JOIN bound ON bound.shop = line.shop
WHERE refund.requested_at >= bound.since AND refund.requested_at < bound.until
