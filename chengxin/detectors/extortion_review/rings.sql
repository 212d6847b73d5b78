-- What each ring did at its shops: one row per ring; shops with too few of the ring's bad reviews are no victims of it.
WITH at_shop AS (
  SELECT m.ring, s.hold, b.* FROM bad_review b JOIN ring_member m USING (rater)
  JOIN ring_shop s ON s.ring = m.ring AND s.shop = b.shop
),
other AS (
  SELECT avg((refunded)::INT) AS refunded, avg((turned)::INT) AS turned, avg((cheapest)::INT) AS cheapest
  FROM bad_review b ANTI JOIN ring_member m USING (rater)
)
SELECT ring, avg(hold) AS hold, count(*) AS reviews, count(DISTINCT rater) AS accounts, count(DISTINCT shop) AS shops,
       count(DISTINCT rater) FILTER (WHERE copied) AS copiers,
       count(*) FILTER (WHERE refunded) AS refunded, count(*) FILTER (WHERE turned) AS turned, count(*) FILTER (WHERE cheapest) AS cheapest,
       coalesce(sum(amount) FILTER (WHERE refunded), 0) AS money,
       median(epoch(asked_at) - epoch(reviewed_at)) FILTER (WHERE refunded) / 3600 AS asked_hours,
       min(reviewed_at) AS since, max(coalesce(turned_at, asked_at, reviewed_at)) AS until,
       (SELECT coalesce(refunded, 0) FROM other) AS usual_refunded, (SELECT coalesce(turned, 0) FROM other) AS usual_turned,
       (SELECT coalesce(cheapest, 0) FROM other) AS usual_cheapest
FROM at_shop GROUP BY ring ORDER BY ring
