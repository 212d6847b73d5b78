-- One row per buyer, shop and week of ordering, with whether that buyer complained of calls within $days after an order of it,
-- and whether the complaint named the shop.
WITH blame AS (
  SELECT complainant AS buyer, fact AS complaint, filed_at, shop AS named FROM complaint WHERE reason = 'privacy'
),
bought AS (
  SELECT platform, shop, buyer, (epoch(ordered_at)::BIGINT // 604800) AS week, list(fact ORDER BY fact) AS facts, min(ordered_at) AS ordered_at FROM "order" GROUP BY ALL
),
struck AS (
  SELECT o.shop, o.buyer, o.week, arg_min(b.complaint, (b.named <> o.shop, b.filed_at, b.complaint)) AS complaint,
         min(epoch(b.filed_at) - epoch(o.ordered_at)) / 86400 AS days, bool_or(b.named = o.shop) AS named
  FROM bought o JOIN blame b ON b.buyer = o.buyer AND b.filed_at >= o.ordered_at AND b.filed_at < o.ordered_at + to_days($days)
  GROUP BY ALL
)
SELECT o.*, s.complaint, s.days, coalesce(s.named, false) AS named, s.complaint IS NOT NULL AS hit FROM bought o
LEFT JOIN struck s ON s.shop = o.shop AND s.buyer = o.buyer AND s.week = o.week
