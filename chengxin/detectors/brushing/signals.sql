-- One row per order (its lines together): who, where, when, and each sign of an invented trade as true or false.
-- Counts are exact and each pass is a group-by or a join, so the text also runs on engines other than DuckDB.
WITH lines AS (
    SELECT *, row_number() OVER (PARTITION BY "order" ORDER BY paid DESC, line_no, fact) AS place FROM "order"
    WHERE ordered_at >= $since AND ordered_at < $until
),
trade AS (
    SELECT "order", min(fact) AS fact, arg_min(platform, place) AS platform, arg_min(shop, place) AS shop, arg_min(buyer, place) AS buyer,
           max(CASE WHEN place = 1 THEN item END) AS item, max(CASE WHEN place = 1 THEN qty END) AS qty, count(*) AS lines, sum(paid) AS paid,
           min(ordered_at) AS ordered_at, max(viewed_at) AS viewed_at, arg_min(device, place) AS device, arg_min(address, place) AS address,
           arg_min(channel, place) AS channel
    FROM lines GROUP BY "order"
),
first_seen AS (
    SELECT person, min(seen) AS seen FROM (
        SELECT buyer AS person, ordered_at AS seen FROM "order" UNION ALL SELECT visitor, entered_at FROM visit WHERE visitor IS NOT NULL
        UNION ALL SELECT rater, reviewed_at FROM review WHERE rater IS NOT NULL
    ) GROUP BY person
),
by_device AS (SELECT device, count(DISTINCT buyer) AS n FROM trade WHERE device IS NOT NULL GROUP BY device),
by_address AS (SELECT address, count(DISTINCT buyer) AS n FROM trade WHERE address IS NOT NULL GROUP BY address),
paying AS (
    SELECT p."order", min(p.payer) AS payer, min(p.fact) AS payment FROM payment p WHERE p.payer IS NOT NULL GROUP BY p."order"
),
by_payer AS (SELECT payer, count(DISTINCT buyer) AS n FROM paying JOIN trade USING ("order") GROUP BY payer),
back AS (
    SELECT "order", sum(amount) AS amount, max((channel = 'other')::INT) AS other, min(coalesce(refunded_at, requested_at)) AS returned, min(fact) AS refund
    FROM refund GROUP BY "order"
),
goods AS (SELECT item, median(weight_g) AS grams FROM listing WHERE weight_g > 0 GROUP BY item),
sent AS (SELECT "order", min(weight_g) AS grams, min(fact) AS parcel FROM parcel WHERE weight_g IS NOT NULL GROUP BY "order"),
ratio AS (
    SELECT t."order", sent.parcel, sent.grams, goods.grams * t.qty AS stated, ln(sent.grams / (goods.grams * t.qty)) AS logged
    FROM trade t JOIN goods ON goods.item = t.item JOIN sent ON sent."order" = t."order"
    WHERE t.lines = 1 AND goods.grams * t.qty >= $least_grams AND sent.grams > 0
),
-- The city's own scatter of parcel weight about stated weight: median and, robustly, the spread.
middle AS (SELECT median(logged) AS m FROM ratio),
spread AS (SELECT 1.4826 * median(abs(logged - m)) AS s FROM ratio, middle),
looked AS (
    SELECT t."order", count(*) AS visits FROM trade t JOIN visit v ON v.visitor = t.buyer AND v.shop = t.shop
        AND v.entered_at < t.ordered_at - INTERVAL 10 MINUTE
    GROUP BY t."order"
)
SELECT t.fact, t."order", t.platform, t.shop, t.buyer, t.item, t.device, t.address, paying.payer, t.paid, t.ordered_at,
       payment, refund, sent.parcel,
       date_diff('second', t.viewed_at, t.ordered_at) AS browsed,
       coalesce(date_diff('second', t.viewed_at, t.ordered_at) < $fast_seconds AND coalesce(t.channel, '') NOT IN ('live', 'group'), false) AS fast,
       coalesce(looked.visits, 0) = 0 AS unvisited,
       coalesce(first_seen.seen > $since + INTERVAL ($warmup_days) DAY AND t.ordered_at < first_seen.seen + INTERVAL ($fresh_days) DAY, false) AS fresh,
       coalesce(by_device.n >= $device_buyers, false) AS one_device,
       coalesce(by_address.n >= $address_buyers, false) AS one_address,
       coalesce(by_payer.n >= $payer_buyers AND paying.payer <> t.buyer, false) AS one_payer,
       coalesce(back.amount >= 0.9 * t.paid AND (back.other = 1 OR back.returned < t.ordered_at + INTERVAL ($back_hours) HOUR), false) AS money_back,
       coalesce(back.amount >= 0.9 * t.paid AND back.other = 1, false) AS other_way,
       coalesce(ratio.grams < $light_share * ratio.stated, false) AS light,
       coalesce(ratio.logged < middle.m - $thin_z * greatest(spread.s, $least_spread), false) AS thin
FROM trade t
LEFT JOIN first_seen ON first_seen.person = t.buyer
LEFT JOIN by_device ON by_device.device = t.device
LEFT JOIN by_address ON by_address.address = t.address
LEFT JOIN paying ON paying."order" = t."order"
LEFT JOIN by_payer ON by_payer.payer = paying.payer
LEFT JOIN back ON back."order" = t."order"
LEFT JOIN ratio ON ratio."order" = t."order"
CROSS JOIN middle CROSS JOIN spread
LEFT JOIN sent ON sent."order" = t."order"
LEFT JOIN looked ON looked."order" = t."order"
