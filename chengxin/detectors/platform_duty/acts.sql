-- One row per thing a platform's reports let one check: kind of failure, platform, whether it failed, when, and the facts that show it.
-- `unbooked`: a paid order without a payment, on platforms that report payments; `differs`: payments that are not what the order says;
-- `open`: a complaint that was not closed by `due`; `nights`: a week in which nothing was ordered between midnight and six although, by
-- the other platforms, `night_min` orders would have been. A platform that never sells at night is closed then.
WITH ordered AS (
  SELECT "order", min(platform) AS platform, list(fact ORDER BY fact) AS facts, sum(paid::HUGEINT) AS paid, min(paid_at) AS happened
  FROM "order" WHERE paid_at IS NOT NULL GROUP BY "order"
),
booked AS (SELECT "order", sum(amount::HUGEINT) AS amount, list(fact ORDER BY fact) AS facts FROM payment GROUP BY "order"),
checked AS (
  SELECT o.*, b.amount, b.facts AS payments FROM ordered o LEFT JOIN booked b USING ("order") WHERE o.paid > 0
),
books AS (SELECT platform FROM checked GROUP BY platform HAVING count(amount) >= $reports_share * count(*)),
week AS (
  SELECT platform, time_bucket(INTERVAL 7 DAY, ordered_at, $since) AS happened, count(*) AS n,
         count(*) FILTER (hour(ordered_at AT TIME ZONE 'Asia/Shanghai') < 6) AS nights, list(fact ORDER BY fact) AS facts
  FROM "order" WHERE ordered_at >= $since GROUP BY platform, time_bucket(INTERVAL 7 DAY, ordered_at, $since)
),
own AS (SELECT platform, sum(n)::BIGINT AS n, sum(nights)::BIGINT AS nights FROM week GROUP BY platform),
city AS (SELECT sum(n)::BIGINT AS n, sum(nights)::BIGINT AS nights FROM own)
SELECT 'unbooked' AS kind, platform, amount IS NULL AS bad, happened, facts, []::BIGINT[] AS others FROM checked SEMI JOIN books USING (platform)
UNION ALL
SELECT 'differs', platform, abs(amount - paid) > $differs_by * paid, happened, facts, payments FROM checked WHERE amount IS NOT NULL
UNION ALL
SELECT 'open', platform, closed_at IS NULL, filed_at, [fact], [] FROM complaint WHERE filed_at < $due
UNION ALL
SELECT 'nights', w.platform, w.nights = 0, w.happened, w.facts, [] FROM week w JOIN own o USING (platform) CROSS JOIN city c
WHERE o.nights > 0 AND w.n * (c.nights - o.nights) >= $night_min * (c.n - o.n) AND c.n > o.n
