-- One row per outlet and kind of breach: parcels looked at, those that show it, and what the other outlets of the division make likely (mixed
-- with `prior` parcels at the city's rate). A parcel without any scan on the way says nothing of the outlet that signed it off. The two weeks with most of them are left out: failed handhelds and a lost report fill a week, or parts of two.
WITH act AS (
  SELECT courier, taken_by AS outlet, origin AS division, 'unnamed' AS kind, NOT named AS bad, collected_at AS "at" FROM way_parcel
  WHERE named IS NOT NULL AND taken_by IS NOT NULL
  UNION ALL
  SELECT courier, taken_by, origin, 'unopened', NOT opened, collected_at FROM way_parcel WHERE opened IS NOT NULL AND taken_by IS NOT NULL
  UNION ALL
  SELECT courier, taken_by, origin, 'gaps', on_the_way <= $gap_scans, collected_at FROM way_parcel WHERE whole_way AND taken_by IS NOT NULL
  UNION ALL
  SELECT courier, signed_by, dest, 'no_attempt', out = 0, signed_scan FROM way_parcel WHERE signed_by IS NOT NULL AND on_the_way > 0
  UNION ALL
  SELECT courier, signed_by, dest, 'denied', complaints IS NOT NULL, signed_scan FROM way_parcel WHERE signed_by IS NOT NULL
),
weekly AS (
  SELECT kind, courier, outlet, any_value(division ORDER BY division) AS division, time_bucket(INTERVAL 7 DAY, "at", $since) AS week,
         count(*) AS n, count(*) FILTER (bad) AS bad, min("at") AS first, max("at") AS last
  FROM act GROUP BY kind, courier, outlet, week
),
outlet AS (
  SELECT kind, courier, outlet, any_value(division ORDER BY division) AS division, sum(n)::BIGINT AS seen, sum(bad)::BIGINT AS found,
         max(struct_pack(bad, n), 2) AS worst, min(first) FILTER (bad > 0) AS since, max(last) FILTER (bad > 0) AS until
  FROM weekly GROUP BY kind, courier, outlet
),
rest AS (
  SELECT kind, courier, outlet, division, found, seen, since, until, seen - list_sum([one.n FOR one IN worst])::BIGINT AS n,
         found - list_sum([one.bad FOR one IN worst])::BIGINT AS bad
  FROM outlet
),
around AS (SELECT kind, division, sum(n)::BIGINT AS n, sum(bad)::BIGINT AS bad FROM rest GROUP BY kind, division),
city AS (SELECT kind, sum(n)::BIGINT AS n, sum(bad)::BIGINT AS bad FROM rest GROUP BY kind)
SELECT r.*, (a.bad - r.bad + $prior * (c.bad - r.bad) / greatest(1, c.n - r.n)) / (a.n - r.n + $prior) AS usual
FROM rest r JOIN around a USING (kind, division) JOIN city c USING (kind) ORDER BY r.courier, r.outlet, r.kind
