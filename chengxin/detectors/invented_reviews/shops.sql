-- One row per shop: its praise in the days in which most of the doubtful came.
WITH every AS (
    SELECT p.*, b.shop IS NOT NULL AND epoch_us(p.reviewed_at) BETWEEN b.starts AND b.starts + $days * 86400000000 - 1 AS in_time
    FROM doubt p LEFT JOIN busiest b USING (shop)
),
at_shop AS (
    SELECT shop, count(*) AS ever, count(*) FILTER (WHERE doubtful) AS ever_doubtful, count(*) FILTER (WHERE in_time) AS reviews,
           count(*) FILTER (WHERE in_time AND doubtful) AS doubtful, count(*) FILTER (WHERE in_time AND doubtful AND copied) AS copied,
           count(*) FILTER (WHERE in_time AND doubtful AND soon) AS soon, count(*) FILTER (WHERE in_time AND doubtful AND once) AS once,
           count(*) FILTER (WHERE in_time AND doubtful AND fresh) AS fresh, count(*) FILTER (WHERE in_time AND doubtful AND burst) AS burst,
           min(reviewed_at) FILTER (WHERE in_time AND doubtful) AS since, max(reviewed_at) FILTER (WHERE in_time AND doubtful) AS until
    FROM every GROUP BY shop
)
SELECT * FROM at_shop ORDER BY shop
