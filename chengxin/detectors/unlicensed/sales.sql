-- One row per shop and kind of goods that need a licence: its orders, those after the last day its licences cover, and what it shows.
-- need(path, goods, licence): category paths and the licences that do. A shop's licence counts by its latest check: valid ones until their
-- term, others until the check that found it.
WITH goods AS (SELECT DISTINCT path, goods, valid_from FROM need),
sold AS (
  SELECT o.fact, o.shop, o.platform, g.goods, o.ordered_at
  FROM "order" o JOIN goods g ON starts_with(o.category, g.path) WHERE o.paid_at IS NOT NULL AND o.ordered_at::DATE >= g.valid_from
),
shown AS (
  SELECT shop, licence_no, max(struct_pack(at := checked_at, valid := coalesce(status, 'valid') = 'valid', valid_until, kind := licence_type,
         exemption)) AS last
  FROM licence WHERE shop IS NOT NULL GROUP BY shop, licence_no
),
covers AS (
  SELECT shop, last.kind AS kind, last.exemption AS exemption, last.valid AS valid,
         CASE WHEN NOT last.valid THEN least(last.at, coalesce(last.valid_until, last.at))
              WHEN last.valid_until < last.at THEN TIMESTAMPTZ '9999-01-01'  -- found valid after its own term: one of the two is wrong
              ELSE coalesce(last.valid_until, TIMESTAMPTZ '9999-01-01') END AS until
  FROM shown
),
fits AS (  -- the longest of a shop's licences that do for a kind of goods; exempted goods need none
  SELECT c.shop, n.goods, max(c.until) AS until, bool_or(NOT c.valid) AS ended FROM covers c JOIN (SELECT DISTINCT goods, licence FROM need) n
  ON c.kind = n.licence OR c.exemption IN ('E1', 'E2', 'E3') GROUP BY c.shop, n.goods
),
others AS (SELECT shop, count(*) FILTER (kind IS NOT NULL AND kind <> 'BL') AS kinds FROM covers GROUP BY shop),
reports AS (  -- platforms that report licences at all: for half or more of the shops that need one
  SELECT platform FROM (SELECT DISTINCT platform, shop FROM sold) LEFT JOIN (SELECT DISTINCT shop, true AS shows FROM licence) USING (shop)
  GROUP BY platform HAVING count(shows) >= $reports_share * count(*)
)
SELECT s.shop, s.goods, count(*) AS n, count(*) FILTER (f.until IS NULL OR s.ordered_at > f.until + to_days($grace_days)) AS bare,
       any_value(f.until) AS until, coalesce(bool_or(f.ended), false) AS ended, coalesce(any_value(o.kinds), 0) AS kinds,
       min(s.ordered_at) FILTER (f.until IS NULL OR s.ordered_at > f.until) AS since, max(s.ordered_at) AS last
FROM sold s SEMI JOIN reports USING (platform) LEFT JOIN fits f USING (shop, goods) LEFT JOIN others o USING (shop)
GROUP BY s.shop, s.goods HAVING bare >= $sales_min ORDER BY s.shop, s.goods
