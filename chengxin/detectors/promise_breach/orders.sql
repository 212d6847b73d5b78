-- Orders that were due by the window's end and either left or still lie there unpaid-back; `late` by more than $slack hours.
-- `usual`: share of late orders of the other shops of the same day, county and courier firm, drawn towards the city's share of that day by
-- $prior orders (a strike, a snowstorm or a holiday backlog is nobody's breach), times how much oftener such a promise is broken at all.
WITH place AS (
  SELECT shop, (arg_max(place, (n, place))).county AS county, (arg_max(place, (n, place))).courier AS courier
  FROM (SELECT shop, {'county': county, 'courier': courier} AS place, count(*) AS n FROM promised WHERE sent_at IS NOT NULL GROUP BY ALL)
  GROUP BY shop
),
due AS (
  SELECT promised.*, coalesce(place.county, '') AS of_county, coalesce(place.courier, '') AS of_courier, paid_at::DATE AS day,
         coalesce(sent_at > due_at + to_hours($slack), true) AS late
  FROM promised LEFT JOIN place ON place.shop = promised.shop
  WHERE travels AND due_at + to_hours($slack) <= $until
    AND (sent_at IS NOT NULL OR (repaid = 0 AND missed))
),
city AS (SELECT avg(late::INT) AS share FROM due),
daily AS (SELECT day, avg(late::INT) AS share FROM due GROUP BY day),
there AS (SELECT day, of_county, of_courier, count(*) AS n, sum(late::INT) AS late FROM due GROUP BY ALL),
own AS (SELECT day, shop, count(*) AS n, sum(late::INT) AS late FROM due GROUP BY ALL),
term AS (SELECT hours, count(*) AS n, sum(late::INT) AS late FROM due GROUP BY hours),
own_term AS (SELECT hours, shop, count(*) AS n, sum(late::INT) AS late FROM due GROUP BY ALL)
SELECT due.*,
       least(0.95, (there.late - own.late + $prior * daily.share) / (there.n - own.n + $prior)
         * ((term.late - own_term.late + $term_prior * city.share) / (term.n - own_term.n + $term_prior)) / greatest(city.share, 1e-9)) AS usual
FROM due
JOIN there ON there.day = due.day AND there.of_county = due.of_county AND there.of_courier = due.of_courier
JOIN own ON own.day = due.day AND own.shop = due.shop
JOIN daily ON daily.day = due.day
JOIN term ON term.hours = due.hours
JOIN own_term ON own_term.hours = due.hours AND own_term.shop = due.shop
CROSS JOIN city
