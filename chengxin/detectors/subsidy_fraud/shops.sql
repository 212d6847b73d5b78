-- One row per shop: n subsidised lines, k of them odd, and how many of the k by each sign; expected by the lines of all other shops, of
-- which at most `usual_most` count as usual: where the scheme is robbed by many, they do not excuse one another. Fen.
WITH odd AS (SELECT *, again OR kept OR (together AND unsent) AS bad FROM drawn),
own AS (
  SELECT shop, count(*) AS n, sum(bad::INT) AS k, sum((bad AND again)::INT) AS again, sum((bad AND kept)::INT) AS kept,
         sum((bad AND together AND unsent)::INT) AS together, sum((bad AND unsent)::INT) AS unsent, sum((bad AND raised)::INT) AS raised,
         sum(subsidy::HUGEINT) FILTER (WHERE bad) AS fen, count(DISTINCT buyer) FILTER (WHERE bad) AS buyers,
         min(ordered_at) FILTER (WHERE bad) AS since, max(ordered_at) FILTER (WHERE bad) AS until
  FROM odd GROUP BY shop
)
SELECT *, sum(k) OVER () / sum(n) OVER () AS city,
       n * least($usual_most, (sum(k) OVER () - k + $prior * sum(k) OVER () / sum(n) OVER ()) / (sum(n) OVER () - n + $prior)) AS expected
FROM own ORDER BY shop
