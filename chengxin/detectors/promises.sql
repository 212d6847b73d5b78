-- One row per paid order that had to be sent: when it had to leave, when it left, what came back, what was complained of. Money in fen.
-- An order fetched in the shop is left out; so is an item that never travels and that nobody misses (codes, vouchers): `travels` is false there.
WITH page AS (
  SELECT item, changed_at, regexp_extract(attributes, $pattern, 1)::INTEGER * CASE WHEN regexp_extract(attributes, $pattern, 2) = '天' THEN 24 ELSE 1 END AS hours
  FROM listing WHERE regexp_matches(attributes, $pattern)
),
money AS (
  SELECT "order", sum(amount) AS amount, min(paid_at) AS paid_at, list(fact ORDER BY fact) AS facts FROM payment GROUP BY "order"
),
line AS (
  SELECT "order", arg_min(platform, fact) AS platform, arg_min(shop, fact) AS shop, arg_min(item, fact) AS item, min(fact) AS fact,
         sum(paid) AS paid, min(ordered_at) AS ordered_at, min(paid_at) AS paid_at
  FROM "order" WHERE coalesce(channel, '') <> 'store' GROUP BY "order"
),
bought AS (
  SELECT line.* EXCLUDE (paid_at), coalesce(line.paid_at, money.paid_at) AS paid_at, coalesce(money.amount, line.paid) AS amount, money.facts AS payments
  FROM line LEFT JOIN money ON money."order" = line."order"
  WHERE coalesce(line.paid_at, money.paid_at) IS NOT NULL
),
sent AS (
  SELECT "order", min(collected_at) AS sent_at, arg_min(fact, collected_at) AS parcel, min(origin_division) AS county, min(courier) AS courier
  FROM parcel GROUP BY "order"
),
back AS (
  SELECT "order", coalesce(sum(amount) FILTER (WHERE refunded_at IS NOT NULL), 0) AS repaid, min(requested_at) AS asked_at,
         min(requested_at) FILTER (WHERE refunded_at IS NULL) AS open_since, bool_or(reason = 'not_received') AS missed, list(fact ORDER BY fact) AS refunds
  FROM refund GROUP BY "order"
),
blame AS (
  SELECT "order", bool_or(reason = 'not_received') AS missed, list(fact ORDER BY fact) AS complaints
  FROM complaint WHERE reason IN ('not_received', 'refund', 'service') GROUP BY "order"
),
told AS (
  SELECT bought.*, page.hours AS stated
  FROM bought ASOF LEFT JOIN page ON page.item = bought.item AND page.changed_at <= bought.ordered_at
)
SELECT told."order", told.fact, told.platform, told.shop, told.item, told.amount, told.ordered_at, told.paid_at, told.payments, told.stated,
       told.paid_at + to_hours(coalesce(told.stated, lawful.hours)::BIGINT) AS due_at,
       coalesce(told.stated, lawful.hours) AS hours, lawful.delay_days,
       sent.sent_at, sent.parcel, sent.county, sent.courier,
       coalesce(back.repaid, 0) AS repaid, back.asked_at, back.open_since, coalesce(back.refunds, []) AS refunds,
       coalesce(back.missed, false) OR coalesce(blame.missed, false) AS missed, coalesce(blame.complaints, []) AS complaints,
       count(sent.sent_at) OVER of_item > 0
         OR count(*) FILTER (WHERE coalesce(back.missed, false) OR coalesce(blame.missed, false)) OVER of_item >= greatest(2, $missed_share * count(*) OVER of_item) AS travels
FROM told
JOIN lawful ON lawful.day = told.ordered_at::DATE
LEFT JOIN sent ON sent."order" = told."order"
LEFT JOIN back ON back."order" = told."order"
LEFT JOIN blame ON blame."order" = told."order"
WHERE told.paid_at < $until
WINDOW of_item AS (PARTITION BY told.item)
