-- Where the money of each platform goes: per institution named, payments, sum in fen, first and last day, and the first facts.
SELECT platform, coalesce(trim(institution), '') AS institution, count(*) AS payments, CAST(sum(amount) AS BIGINT) AS amount,
    min(paid_at) AS first_at, max(paid_at) AS last_at, list(fact ORDER BY fact)[1:$shown] AS facts
FROM payment WHERE paid_at >= $since AND paid_at < $until AND (len($platforms) = 0 OR list_contains($platforms, platform))
GROUP BY ALL ORDER BY platform, institution
