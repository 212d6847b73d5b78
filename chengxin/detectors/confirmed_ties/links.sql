-- Who uses what: accounts, and the shops they bought or reviewed at, their phones, payers and addresses, each thing under one number.
WITH paying AS (SELECT "order", min(payer) AS payer FROM payment WHERE payer IS NOT NULL GROUP BY "order"),
used AS (
    SELECT buyer AS account, 'order' AS what, shop AS thing, fact, ordered_at AS moment FROM "order"
    UNION ALL SELECT rater, 'review', shop, fact, reviewed_at FROM review WHERE coalesce(rater_role, 'buyer') = 'buyer'
    UNION ALL SELECT buyer, 'device', device, fact, ordered_at FROM "order"
    UNION ALL SELECT buyer, 'address', address, fact, ordered_at FROM "order"
    UNION ALL SELECT buyer, 'payer', payer, fact, ordered_at FROM "order" JOIN paying USING ("order")
)
SELECT account, what, thing, (hash(CASE WHEN what IN ('order', 'review') THEN 'shop' ELSE what END, thing) >> 1)::BIGINT AS node, fact, moment
FROM used WHERE account IS NOT NULL AND thing IS NOT NULL
