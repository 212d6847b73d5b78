-- What each ring did at its shops: one row per ring. `usual_…`: the same share among all other written praise of the city.
WITH at_shop AS (
  SELECT m.ring, p.* FROM praise p JOIN ring_member m USING (rater) JOIN ring_shop s ON s.ring = m.ring AND s.shop = p.shop
),
one_phone AS (  -- raters of a ring who bought on a device that two others of the ring used too
  SELECT ring, count(DISTINCT rater) AS shared FROM at_shop JOIN (
    SELECT ring, device FROM at_shop WHERE device IS NOT NULL GROUP BY ring, device HAVING count(DISTINCT rater) >= $phone_raters
  ) USING (ring, device) GROUP BY ring
),
others AS (
  SELECT s.ring, avg(r.stars) AS mean, count(*) AS n FROM review r JOIN ring_shop s USING (shop)
  ANTI JOIN ring_member m ON m.ring = s.ring AND m.rater = r.rater ANTI JOIN default_praise d ON d.fact = r.fact GROUP BY s.ring
),
usual AS (SELECT coalesce(avg(soon::INT), 0) AS soon, coalesce(avg(fresh::INT), 0) AS fresh FROM praise ANTI JOIN ring_member USING (rater))
SELECT ring, count(*) AS reviews, count(DISTINCT rater) AS accounts, count(DISTINCT shop) AS shops,
       count(DISTINCT rater) FILTER (WHERE copied) AS copiers, count(*) FILTER (WHERE soon) AS soon, count(*) FILTER (WHERE fresh) AS fresh,
       any_value(coalesce(shared, 0)) AS phones, any_value(o.mean) AS others_mean, any_value(coalesce(o.n, 0)) AS others,
       min(reviewed_at) AS since, max(reviewed_at) AS until, (SELECT soon FROM usual) AS usual_soon, (SELECT fresh FROM usual) AS usual_fresh
FROM at_shop LEFT JOIN one_phone USING (ring) LEFT JOIN others o USING (ring) GROUP BY ring ORDER BY ring
