-- Every price comparison of the window with what the seven-day rule compares it to (order 56, article 16).
-- A comparison starts where a struck-out price appears on an item or another one replaces it.
WITH deal AS MATERIALIZED (
  SELECT item, fact, coalesce(paid_at, ordered_at) AS dealt,
         CASE WHEN $reading = 'net' THEN paid ELSE paid + coalesce(coupon, 0) END // qty AS unit
  FROM "order"
  WHERE qty > 0 AND item IS NOT NULL
),
shown AS MATERIALIZED (
  SELECT fact, shop, item, sku, observed_at, shown, struck, coalesce(basis, 'none') AS basis,
         coalesce(struck > shown, false) AS compares,
         lag(struck) OVER before AS struck_before,
         lag(coalesce(struck > shown, false)) OVER before AS compared_before,
         min(observed_at) OVER (PARTITION BY item) AS first_seen,
         (SELECT min(observed_at) FROM price) AS reports_begin,
         min(shown) OVER raise_window AS lowest_shown,
         max(shown) OVER raise_window AS highest_shown
  FROM price
  WINDOW before AS (PARTITION BY item ORDER BY observed_at, fact),
         raise_window AS (PARTITION BY item ORDER BY observed_at
                          RANGE BETWEEN to_days($raise_days) PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING)
),
told AS MATERIALIZED (
  SELECT *, compares AND basis <> 'msrp' AND NOT (coalesce(compared_before, false) AND struck_before = struck) AS starts FROM shown
),
start AS MATERIALIZED (
  SELECT * FROM told WHERE starts
),
-- Every page that showed a comparison is evidence of it, not its first alone.
page AS (
  SELECT min(fact) FILTER (WHERE starts) AS fact, list(fact ORDER BY observed_at, fact) AS pages
  FROM (SELECT *, count(*) FILTER (WHERE starts) OVER (PARTITION BY item ORDER BY observed_at, fact) AS run FROM told)
  WHERE compares AND run > 0 GROUP BY item, run
),
week AS (
  SELECT start.fact, count(*) AS deals, min(deal.unit) AS lowest, arg_min(deal.fact, (deal.unit, deal.dealt, deal.fact)) AS lowest_fact
  FROM start JOIN deal ON deal.item = start.item AND deal.dealt < start.observed_at AND deal.dealt >= start.observed_at - to_days($days)
  GROUP BY start.fact
),
last AS (
  SELECT start.fact, count(*) AS deals, max(deal.dealt) AS dealt, max(deal.unit) AS highest, arg_max(deal.fact, (deal.unit, deal.dealt, deal.fact)) AS highest_fact, arg_max(deal.unit, (deal.dealt, deal.fact)) AS unit, arg_max(deal.fact, (deal.dealt, deal.fact)) AS deal_fact
  FROM start JOIN deal ON deal.item = start.item AND deal.dealt < start.observed_at
  GROUP BY start.fact
)
SELECT start.shop, start.item, start.sku, start.fact, start.basis = 'detailed' AS stated, start.observed_at, start.shown, start.struck, start.first_seen, start.reports_begin,
       start.lowest_shown, start.highest_shown,
       week.deals, coalesce(week.lowest, last.unit) AS reference, coalesce(week.lowest_fact, last.deal_fact) AS reference_fact,
       last.dealt AS last_at, last.highest, last.highest_fact,
       coalesce(start.observed_at >= start.reports_begin + to_days($past_days) AND last.deals >= $past_deals, false) AS past_seen,
       page.pages,
       -- Where no deal of the shop is reported at all, reports are missing; that an item never sold cannot be known.
       coalesce(start.shop IN (SELECT shop FROM "order"), false) AS reports_deals
FROM start
JOIN page ON page.fact = start.fact
LEFT JOIN week ON week.fact = start.fact
LEFT JOIN last ON last.fact = start.fact
ORDER BY start.shop, start.observed_at, start.fact
