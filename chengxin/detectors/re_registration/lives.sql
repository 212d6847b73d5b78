-- One row per shop: when it began and ended to sell, and what trouble it had in its last weeks: a measure of the platform, or complaints.
WITH platform AS (SELECT platform, min(ordered_at) AS first FROM "order" GROUP BY platform),
life AS (
  SELECT shop, any_value(platform ORDER BY fact) AS platform, min(ordered_at) AS first, max(ordered_at) AS last, count(*) AS orders FROM "order" GROUP BY shop
),
acted AS (
  SELECT m.shop, list(m.fact ORDER BY m.fact) AS measures, arg_min(m.action, m.fact) AS action FROM measure m JOIN life l USING (shop)
  WHERE list_contains($hard::VARCHAR[], m.action) AND m.decided_at BETWEEN l.last - to_days($trouble_days) AND l.last + to_days($trouble_days) GROUP BY m.shop
),
late AS (
  SELECT o.shop, count(*) AS n FROM "order" o JOIN life l USING (shop) WHERE o.ordered_at >= l.last - to_days($trouble_days) GROUP BY o.shop
),
blamed AS (
  SELECT c.shop, count(*) AS n, list(c.fact ORDER BY c.fact) AS complaints FROM complaint c JOIN life l USING (shop)
  WHERE c.filed_at >= l.last - to_days($trouble_days) GROUP BY c.shop
)
SELECT l.*, l.last < $until - to_days($silent_days) OR a.shop IS NOT NULL AS ended, l.first > p.first + to_days($new_days) AS began,
       coalesce(a.measures, []) AS measures, a.action, coalesce(b.complaints, []) AS complaints, coalesce(b.n, 0) AS blames, t.n AS late,
       coalesce(b.n >= $complaints_min AND b.n >= $complaints_share * t.n, false) AS blamed
FROM life l JOIN platform p USING (platform) JOIN late t USING (shop) LEFT JOIN acted a ON a.shop = l.shop LEFT JOIN blamed b ON b.shop = l.shop
