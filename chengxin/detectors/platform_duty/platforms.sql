-- One row per platform and kind of failure: what was looked at, what failed, and what the other platforms make likely. The two weeks with
-- most failures are left out: a report that was lost fills a week, or parts of two.
WITH weekly AS (
  SELECT kind, platform, time_bucket(INTERVAL 7 DAY, happened, $since) AS week, count(*) AS n, count(*) FILTER (bad) AS bad,
         min(happened) FILTER (bad) AS first, max(happened) FILTER (bad) AS last
  FROM duty_act GROUP BY kind, platform, week
),
whole AS (
  SELECT kind, platform, sum(n)::BIGINT AS seen, sum(bad)::BIGINT AS found, max(struct_pack(bad, n), 2) AS worst,
         min(first) AS since, max(last) AS until
  FROM weekly GROUP BY kind, platform
),
rest AS (
  SELECT kind, platform, seen, found, since, until, seen - list_sum([one.n FOR one IN worst])::BIGINT AS n,
         found - list_sum([one.bad FOR one IN worst])::BIGINT AS bad
  FROM whole
),
city AS (SELECT kind, sum(n)::BIGINT AS n, sum(bad)::BIGINT AS bad, count(*) AS platforms FROM rest GROUP BY kind)
SELECT r.*, c.platforms, (c.bad - r.bad) / greatest(1, c.n - r.n) AS usual
FROM rest r JOIN city c USING (kind) ORDER BY r.platform, r.kind
