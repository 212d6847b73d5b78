-- due: when the parcel had to be with the courier. One row per order tested.
WITH money AS (SELECT "order", min(paid_at) AS paid_at FROM payment GROUP BY "order"),
line AS (
  SELECT "order", arg_min(shop, fact) AS shop, arg_min(platform, fact) AS platform, arg_min(item, fact) AS item, min(fact) AS fact, min(paid_at) AS paid_at
  FROM "order" WHERE coalesce(channel, '') <> 'store' GROUP BY "order"
),
bought AS (SELECT line.* EXCLUDE (paid_at), coalesce(line.paid_at, money.paid_at) AS paid_at FROM line LEFT JOIN money USING ("order")),
sent AS (SELECT "order", min(collected_at) AS sent_at FROM parcel GROUP BY "order"),
back AS (SELECT "order", min(requested_at) AS asked_at FROM refund GROUP BY "order"),
known AS (
  SELECT bought.*, sent.sent_at, back.asked_at, count(sent.sent_at) OVER (PARTITION BY bought.item) > 0 AS travels
  FROM bought LEFT JOIN sent USING ("order") LEFT JOIN back USING ("order")
)
SELECT bound.maker, known.platform AS place, known.paid_at + to_hours(bound.n) AS due, known.fact,
       coalesce(known.sent_at > due + to_hours($grace), true) AS broken
FROM bound JOIN known ON known.shop = bound.shop
WHERE known.travels AND known.paid_at >= bound.since AND known.paid_at < bound.until
  AND (known.asked_at IS NULL OR known.asked_at > due)
