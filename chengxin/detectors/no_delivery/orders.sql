-- Orders whose money was kept long enough to speak of: the promised time and the lawful delay after it are over. `kept`: no parcel, no money back.
-- `usual`: how many of the same platform's orders of that day look so in the other shops, drawn towards the city's share by $prior orders:
-- days on which a platform or courier did not report, or nobody could send, are no one shop's doing.
WITH ripe AS (
  SELECT *, sent_at IS NULL AND amount > 0 AND repaid < $repaid_share * amount AS kept, paid_at::DATE AS day
  FROM promised WHERE travels AND due_at + to_days(delay_days) <= $until
),
city AS (SELECT avg(kept::INT) AS share FROM ripe),
there AS (SELECT platform, day, count(*) AS n, sum(kept::INT) AS kept FROM ripe GROUP BY ALL),
own AS (SELECT platform, day, shop, count(*) AS n, sum(kept::INT) AS kept FROM ripe GROUP BY ALL)
SELECT ripe.*, (there.kept - own.kept + $prior * city.share) / (there.n - own.n + $prior) AS usual
FROM ripe JOIN there USING (platform, day) JOIN own USING (platform, day, shop) CROSS JOIN city
