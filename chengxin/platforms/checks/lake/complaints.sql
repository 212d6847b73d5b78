-- D30: complaints made to the platform within the last year, and those open for longer than the city's days. One row a platform.
SELECT platform, count(*) AS looked, 0 AS near, count(*) FILTER (closed_at IS NULL AND filed_at < $before) AS wrong
FROM complaint WHERE filed_at >= $since AND filed_at < $until GROUP BY platform
