-- grace: a parcel's way back and the seven days of the law after its arrival; the lake does not know when the goods were back.
WITH line AS (SELECT "order", arg_min(shop, fact) AS shop FROM "order" GROUP BY "order"),
signed AS (SELECT "order", min(signed_at) AS signed_at FROM parcel GROUP BY "order")
SELECT bound.maker, refund.platform AS place, refund.requested_at + to_hours($grace) AS due, refund.fact,
       coalesce(refund.refunded_at > due, true) AS broken
FROM refund JOIN line USING ("order") JOIN signed USING ("order") JOIN bound ON bound.shop = line.shop
WHERE refund.reason = 'no_reason' AND refund.requested_at >= signed.signed_at AND refund.requested_at <= signed.signed_at + to_days(bound.n)
  AND refund.requested_at >= bound.since AND refund.requested_at < bound.until
