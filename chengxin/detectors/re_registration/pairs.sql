-- One row per pair of a shop that ended and one that began soon after: the settlement account, the sender and the goods they share, each only
-- where hardly any other shop has it. Goods are the same by title and brand, or by GTIN: `shared` of `all_goods` of the later shop, of which
-- `goods` are rare.
WITH pair AS (
  SELECT o.shop AS old, n.shop AS new, (epoch(n.first) - epoch(o.last)) / 86400 AS gap FROM life o JOIN life n ON n.shop <> o.shop
  AND n.first > o.last - to_days($overlap_days) AND n.first < o.last + to_days($gap_days) AND n.first > o.first + to_days($new_days)
  WHERE o.ended AND n.began AND n.orders >= $orders_min AND o.orders >= $orders_min
),
seen AS (SELECT DISTINCT shop FROM (SELECT old AS shop FROM pair UNION ALL SELECT new FROM pair)),
settled AS (
  SELECT DISTINCT o.shop, p.payee FROM payment p JOIN (SELECT DISTINCT "order", shop FROM "order") o USING ("order") WHERE p.payee IS NOT NULL
),
payee AS (SELECT payee FROM settled GROUP BY payee HAVING count(*) BETWEEN 2 AND $common_max),
from_where AS (SELECT DISTINCT shop, sender FROM parcel WHERE sender IS NOT NULL),
sender AS (SELECT sender FROM from_where GROUP BY sender HAVING count(*) BETWEEN 2 AND $common_max),
page AS (
  SELECT shop, item, max(fact) AS fact, arg_max(title || '|' || coalesce(brand, ''), fact) AS name, arg_max(gtin, fact) AS gtin FROM listing GROUP BY shop, item
),
mark AS (SELECT shop, item, fact, name AS thing FROM page WHERE name IS NOT NULL UNION ALL SELECT shop, item, fact, gtin FROM page WHERE gtin IS NOT NULL),
thing AS (SELECT thing FROM mark GROUP BY thing HAVING count(DISTINCT shop) BETWEEN 2 AND $common_max),
held AS (SELECT m.*, t.thing IS NOT NULL AS rare FROM mark m SEMI JOIN seen USING (shop) LEFT JOIN thing t USING (thing)),
rare AS (SELECT * FROM held WHERE rare),
common AS (
  SELECT p.old, p.new, count(DISTINCT n.item) AS shared FROM pair p JOIN held n ON n.shop = p.new JOIN held o ON o.shop = p.old AND o.thing = n.thing
  GROUP BY p.old, p.new
),
goods AS (
  SELECT p.old, p.new, count(DISTINCT n.item) AS goods, list(DISTINCT n.fact ORDER BY n.fact) AS new_pages, list(DISTINCT o.fact ORDER BY o.fact) AS old_pages
  FROM pair p JOIN rare n ON n.shop = p.new JOIN rare o ON o.shop = p.old AND o.thing = n.thing GROUP BY p.old, p.new
),
stock AS (SELECT shop, count(*) AS n FROM page GROUP BY shop),
same_payee AS (
  SELECT DISTINCT p.old, p.new FROM pair p JOIN settled a ON a.shop = p.old JOIN settled b ON b.shop = p.new AND b.payee = a.payee SEMI JOIN payee y ON y.payee = a.payee
),
same_sender AS (
  SELECT DISTINCT p.old, p.new FROM pair p JOIN from_where a ON a.shop = p.old JOIN from_where b ON b.shop = p.new AND b.sender = a.sender
  SEMI JOIN sender s ON s.sender = a.sender
)
SELECT p.old, p.new, p.gap, y.old IS NOT NULL AS payee, s.old IS NOT NULL AS sender, coalesce(g.goods, 0) AS goods, coalesce(c.shared, 0) AS shared, coalesce(t.n, 0) AS all_goods,
       coalesce(g.new_pages, []) AS new_pages, coalesce(g.old_pages, []) AS old_pages
FROM pair p LEFT JOIN same_payee y ON y.old = p.old AND y.new = p.new LEFT JOIN same_sender s ON s.old = p.old AND s.new = p.new
LEFT JOIN goods g ON g.old = p.old AND g.new = p.new LEFT JOIN stock t ON t.shop = p.new
LEFT JOIN common c ON c.old = p.old AND c.new = p.new
WHERE y.old IS NOT NULL OR s.old IS NOT NULL OR g.old IS NOT NULL ORDER BY p.old, p.new
