-- One row per shop that is in no decided case: its accounts in the days in which most tied ones came, and how many are tied, and how.
WITH came AS (
    SELECT l.thing AS shop, l.account, l.fact, l.what, l.moment, t.path, t.clue, b.starts IS NOT NULL AND epoch_us(l.moment)
           BETWEEN b.starts AND b.starts + $days * 86400000000 - 1 AS in_time
    FROM link l LEFT JOIN tied t USING (account) LEFT JOIN busiest b ON b.shop = l.thing
    ANTI JOIN decided_shop d ON d.shop = l.thing WHERE l.what IN ('order', 'review')
),
at_shop AS (
    SELECT shop, count(DISTINCT account) FILTER (WHERE in_time) AS accounts, count(DISTINCT account) FILTER (WHERE in_time AND path IS NOT NULL) AS tied,
           count(DISTINCT account) FILTER (WHERE in_time AND path = 'same') AS same,
           count(DISTINCT account) FILTER (WHERE in_time AND path = 'shared') AS shared,
           count(DISTINCT account) FILTER (WHERE in_time AND path = 'farther') AS farther,
           count(DISTINCT account) AS ever, count(DISTINCT account) FILTER (WHERE path IS NOT NULL) AS ever_tied,
           min(moment) FILTER (WHERE in_time AND path IS NOT NULL) AS since, max(moment) FILTER (WHERE in_time AND path IS NOT NULL) AS until
    FROM came GROUP BY shop
),
city AS (SELECT sum(ever)::BIGINT AS all_accounts, sum(ever_tied)::BIGINT AS all_tied FROM at_shop)
SELECT shop, accounts, tied, same, shared, farther, since, until, all_accounts - ever AS other_accounts, all_tied - ever_tied AS other_tied
FROM at_shop CROSS JOIN city WHERE tied >= $accounts_min AND tied >= $share_min * accounts ORDER BY shop
