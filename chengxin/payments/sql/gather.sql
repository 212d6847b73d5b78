-- One row per order of the window, and per order its payments, refunds and parcels as far as they are known. Money in whole fen.
-- since, until: the window of orders. back: from when other papers are read. as_of: what happened later is not known yet.
CREATE OR REPLACE TEMP TABLE ordered AS
SELECT platform, "order", min(order_no) AS order_no, min(shop) AS shop, min(buyer) AS buyer, CAST(sum(paid) AS BIGINT) AS paid,
    min(ordered_at) AS ordered_at, max(paid_at) AS paid_at, max(closed_at) AS closed_at,
    bool_or(coalesce(channel, '') = 'store') AS fetched, list(fact ORDER BY fact) AS facts
FROM "order" WHERE ordered_at >= $since AND ordered_at < $until AND (len($platforms) = 0 OR list_contains($platforms, platform))
GROUP BY platform, "order";

CREATE OR REPLACE TEMP TABLE known_orders AS
SELECT DISTINCT platform, "order", buyer FROM "order" WHERE ordered_at >= $back AND ordered_at < $as_of;

CREATE OR REPLACE TEMP TABLE paid AS
SELECT platform, "order", count(*) AS n, CAST(sum(amount) AS BIGINT) AS amount, min(amount) AS least, max(amount) AS most,
    min(paid_at) AS first_at, max(paid_at) AS last_at, list(fact ORDER BY fact) AS facts
FROM payment WHERE paid_at >= $back AND paid_at < $as_of GROUP BY platform, "order";

CREATE OR REPLACE TEMP TABLE refunded AS
SELECT platform, "order", CAST(sum(amount) AS BIGINT) AS amount, list(fact ORDER BY fact) AS facts
FROM refund WHERE refunded_at >= $back AND refunded_at < $as_of GROUP BY platform, "order";

CREATE OR REPLACE TEMP TABLE sent AS
SELECT platform, "order", min(collected_at) AS collected_at, max(signed_at) AS signed_at, list(fact ORDER BY fact) AS facts
FROM parcel WHERE collected_at >= $back AND collected_at < $as_of GROUP BY platform, "order";

-- Everything about an order side by side.
CREATE OR REPLACE TEMP TABLE whole AS
SELECT o.*, coalesce(p.n, 0) AS payments, coalesce(p.amount, 0) AS got, p.least, p.most, p.last_at AS last_paid_at,
    coalesce(r.amount, 0) AS back, s.collected_at, s.signed_at,
    o.facts AS order_facts, p.facts AS payment_facts, r.facts AS refund_facts, s.facts AS parcel_facts
FROM ordered o
LEFT JOIN paid p USING (platform, "order") LEFT JOIN refunded r USING (platform, "order") LEFT JOIN sent s USING (platform, "order");

-- Payments by somebody who is not the buyer and never buys on the platform himself.
CREATE OR REPLACE TEMP TABLE strangers AS
SELECT p.platform, p."order", p.payer, o.shop, o.buyer, min(p.paid_at) AS paid_at
FROM payment p JOIN (SELECT platform, "order", min(shop) AS shop, min(buyer) AS buyer FROM "order" WHERE ordered_at >= $back GROUP BY ALL) o
    USING (platform, "order")
WHERE p.paid_at >= $back AND p.paid_at < $as_of AND p.payer <> o.buyer
    AND NOT EXISTS (SELECT 1 FROM known_orders k WHERE k.platform = p.platform AND k.buyer = p.payer)
GROUP BY ALL;
