-- One row per seller (accounts joined by contact or payment code, else one account). Only posts that offer something: a price, a contact or a
-- payment code. bare: offers of accounts that were never said to be registered where the platform says so, and not paid to a registered account's code;
-- again: accounts that began after another of the seller's had stopped for good.
WITH tells AS (
  SELECT platform FROM post GROUP BY platform
  HAVING count(DISTINCT shop) FILTER (registered IS NOT NULL) >= $telling_share * count(DISTINCT shop)
),
trader AS (SELECT DISTINCT shop FROM post WHERE registered),
registered_code AS (SELECT DISTINCT pay_code FROM post WHERE registered AND pay_code IS NOT NULL),
goods AS (SELECT fact, min(goods) AS goods, min(words) AS words, bool_and(disguised) AS disguised FROM post_goods GROUP BY fact),
offer AS (
  SELECT p.fact, p.shop, coalesce(s.seller, p.shop) AS seller, p.posted_at, p.removed_at, coalesce(p.reports, 0) AS reports, g.goods, g.words,
         coalesce(g.disguised, false) AS disguised,
         coalesce(NOT p.registered, false) AND r.shop IS NULL AND t.platform IS NOT NULL AND c.pay_code IS NULL AS bare
  FROM post p LEFT JOIN seller s USING (shop) LEFT JOIN goods g USING (fact) LEFT JOIN tells t USING (platform)
       LEFT JOIN registered_code c USING (pay_code) LEFT JOIN trader r USING (shop)
  WHERE p.shop IS NOT NULL AND (p.price IS NOT NULL OR p.contact IS NOT NULL OR p.pay_code IS NOT NULL)
),
week AS (  -- a removal sale is a heap in few weeks, trade goes on: no week counts for more than $most_a_week
  SELECT seller, count(*) AS weeks, sum(least(n, $most_a_week))::BIGINT AS steady
  FROM (SELECT seller, epoch(posted_at)::BIGINT // 604800 AS week, count(*) AS n FROM offer WHERE bare GROUP BY ALL) GROUP BY seller
),
account AS (
  SELECT seller, shop, min(posted_at) AS first, max(posted_at) AS last, bool_and(removed_at IS NOT NULL) AS gone FROM offer GROUP BY ALL
),
after AS (
  SELECT seller, count(*) AS again FROM account a
  WHERE EXISTS (SELECT 1 FROM account b WHERE b.seller = a.seller AND b.shop <> a.shop AND b.gone AND b.last < a.first) GROUP BY seller
)
SELECT o.seller, list_sort(list(DISTINCT o.shop)) AS shops, count(*) AS posts, count(*) FILTER (o.goods IS NOT NULL) AS forbidden,
       count(*) FILTER (o.goods IS NOT NULL AND o.disguised) AS disguised, list_sort(list(DISTINCT o.goods) FILTER (o.goods IS NOT NULL)) AS goods,
       min(o.words) AS words, min(o.posted_at) FILTER (o.goods IS NOT NULL) AS forbidden_since,
       count(*) FILTER (o.bare) AS bare, count(DISTINCT o.shop) FILTER (o.bare) AS bare_accounts,
       coalesce(any_value(w.weeks), 0) AS weeks, coalesce(any_value(w.steady), 0) AS steady, coalesce(any_value(a.again), 0) AS again,
       sum(o.reports)::BIGINT AS reports, min(o.posted_at) AS since, max(o.posted_at) AS until
FROM offer o LEFT JOIN after a USING (seller) LEFT JOIN week w USING (seller) GROUP BY o.seller
HAVING forbidden > 0 OR steady > $casual_posts ORDER BY o.seller
