-- What a reason needs to know of each shop under suspicion; hours are hours.
SELECT shop, count(*) AS n, count(*) FILTER (WHERE late) AS late, sum(usual) AS expected,
       min(paid_at) FILTER (WHERE late) AS since, max(paid_at) FILTER (WHERE late) AS until,
       count(*) FILTER (WHERE late AND stated IS NOT NULL) AS stated,
       min(hours) FILTER (WHERE late AND stated IS NOT NULL) AS stated_hours, 
       median(hours) FILTER (WHERE late) AS hours,
       median(date_diff('hour', due_at, coalesce(sent_at, $until))) FILTER (WHERE late) AS over,
       quantile_cont(date_diff('hour', due_at, coalesce(sent_at, $until)), 0.9) FILTER (WHERE late) AS over_90,
       count(*) FILTER (WHERE late AND (missed OR len(complaints) > 0)) AS voices
FROM due_order WHERE list_contains($shops, shop)
GROUP BY shop ORDER BY shop
