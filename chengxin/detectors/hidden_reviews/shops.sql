-- One row per shop with enough broken places, beside its reported reviews and what the city's shops lose anyway.
WITH all_reviews AS (
  SELECT shop, any_value(platform) AS platform, count(*) AS reviews, count(*) FILTER (WHERE stars <= 2) AS bad
  FROM review WHERE hash IS NOT NULL GROUP BY shop
),
broken AS (
  SELECT shop, count(*) FILTER (WHERE sign = 'missing' AND NOT outage) AS missing, count(*) FILTER (WHERE sign = 'passed_over') AS passed,
         count(*) FILTER (WHERE sign = 'passed_over' AND stars <= 2) AS passed_bad, count(*) FILTER (WHERE sign = 'missing' AND outage) AS outage,
         min(reviewed_at) FILTER (WHERE NOT outage OR sign = 'passed_over') AS since,
         max(reviewed_at) FILTER (WHERE NOT outage OR sign = 'passed_over') AS until
  FROM review_gap GROUP BY shop
),
usual AS (  -- the median shop of the city, so that neither a shop nor a platform that deletes everywhere raises its own measure
  SELECT quantile_disc((coalesce(missing, 0) + coalesce(passed, 0)) / reviews, 0.5) AS rate FROM all_reviews LEFT JOIN broken USING (shop)
),
of_platform AS (
  SELECT platform, count(*) FILTER (WHERE coalesce(missing, 0) + coalesce(passed, 0) > 0) AS shops_broken, count(*) AS shops
  FROM all_reviews LEFT JOIN broken USING (shop) GROUP BY platform
)
SELECT a.shop, a.platform, a.reviews, a.bad, b.missing, b.passed, b.passed_bad, b.outage, b.since, b.until,
       u.rate, p.shops_broken, p.shops
FROM broken b JOIN all_reviews a USING (shop) JOIN of_platform p ON p.platform = a.platform CROSS JOIN usual u
WHERE b.missing + b.passed >= $places_min
ORDER BY a.shop
