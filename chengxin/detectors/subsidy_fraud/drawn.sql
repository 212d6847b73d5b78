-- One row per paid order line that drew a subsidy, with what can be wrong about it: `again` (its serial number drew a subsidy before, and that
-- had not been returned by then), `kept` (half of the price or more went back, the subsidy did not; on platforms that report its return),
-- `together` (its device ordered for several buyers here), `unsent` (nothing was sent; on platforms that report parcels, and not for what is
-- fetched in the shop), `raised` (dearer, subsidy and coupon included, than the same goods without subsidy).
WITH line AS (
  SELECT fact, platform, shop, "order", buyer, item, device, serial, subsidy, ordered_at, channel,
         (paid::HUGEINT + coalesce(coupon, 0) + subsidy) / qty AS unit
  FROM "order" WHERE subsidy > 0 AND paid_at IS NOT NULL
),
worth AS (SELECT "order", sum(paid::HUGEINT) AS paid FROM "order" SEMI JOIN line USING ("order") GROUP BY "order"),
back AS (
  SELECT r."order", list(r.fact ORDER BY r.fact) AS facts, min(r.requested_at) AS at, sum(coalesce(r.subsidy_back, 0)::HUGEINT) AS returned
  FROM refund r JOIN worth w USING ("order") WHERE r.amount > 0 GROUP BY r."order", w.paid HAVING 2 * sum(r.amount::HUGEINT) >= w.paid
),
tells AS (  -- platforms that report the return of subsidies
  SELECT platform FROM (SELECT DISTINCT platform, "order" FROM line) JOIN back USING ("order")
  GROUP BY platform HAVING avg((returned > 0)::INT) >= $telling_share
),
sent AS (SELECT DISTINCT "order" FROM parcel),
sends AS (
  SELECT platform FROM (SELECT DISTINCT platform, "order" FROM "order" WHERE paid_at IS NOT NULL) o
  LEFT JOIN (SELECT "order", 1 AS there FROM sent) USING ("order") GROUP BY platform HAVING avg(coalesce(there, 0)) >= $reporting_share
),
settled AS (
  SELECT l.fact, l.serial, l.ordered_at, CASE WHEN b.returned > 0 OR l.platform NOT IN (FROM tells) THEN b.at END AS back_at
  FROM line l LEFT JOIN back b USING ("order") WHERE l.serial IS NOT NULL
),
twice AS (
  SELECT a.fact, list(DISTINCT b.fact ORDER BY b.fact) AS others FROM settled a JOIN settled b USING (serial) WHERE a.fact <> b.fact
  AND CASE WHEN a.ordered_at <= b.ordered_at THEN coalesce(a.back_at > b.ordered_at, true) ELSE coalesce(b.back_at > a.ordered_at, true) END
  GROUP BY a.fact
),
many AS (SELECT shop, device FROM line WHERE device IS NOT NULL GROUP BY shop, device HAVING count(DISTINCT buyer) >= $buyers_min),
usual AS (
  SELECT item, median((paid::HUGEINT + coalesce(coupon, 0)) / qty) AS unit FROM "order"
  WHERE coalesce(subsidy, 0) = 0 AND paid_at IS NOT NULL GROUP BY item HAVING count(*) >= 3
)
SELECT l.*, t.fact IS NOT NULL AS again, coalesce(t.others, []) AS others, coalesce(b.facts, []) AS refunds,
       b."order" IS NOT NULL AND b.returned = 0 AND l.platform IN (FROM tells) AS kept, m.device IS NOT NULL AS together,
       s."order" IS NULL AND l.platform IN (FROM sends) AND coalesce(l.channel, '') <> 'store' AS unsent,
       coalesce(l.unit >= (1 + $raised_by) * u.unit, false) AS raised
FROM line l LEFT JOIN twice t USING (fact) LEFT JOIN back b USING ("order") LEFT JOIN sent s USING ("order")
LEFT JOIN many m ON m.shop = l.shop AND m.device = l.device LEFT JOIN usual u ON u.item = l.item
