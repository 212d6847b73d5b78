-- One row per shop: n repaid orders, k of them to third accounts with nothing sent or to an account that several buyers' money went to;
-- expected by all other shops. Signs of those k as counts.
WITH several AS (SELECT shop, payee FROM repaid WHERE third GROUP BY ALL HAVING count(DISTINCT buyer) > 1),
marked AS (
  SELECT t.*, v.payee IS NOT NULL AS gathered, t.third AND (t.unsent OR v.payee IS NOT NULL) AS out
  FROM repaid t LEFT JOIN several v ON v.shop = t.shop AND v.payee = t.payee
),
device AS (SELECT shop, device FROM marked WHERE out AND device IS NOT NULL GROUP BY ALL HAVING count(DISTINCT buyer) > 1),
own AS (
  SELECT m.shop, count(*) AS n, sum(out::INT) AS k, sum((out AND unsent)::INT) AS unsent, sum((out AND gathered)::INT) AS gathered,
         sum((out AND credit)::INT) AS credit, sum((out AND d.device IS NOT NULL)::INT) AS shared,
         count(DISTINCT m.payee) FILTER (WHERE out) AS payees, sum(amount::HUGEINT) FILTER (WHERE out) AS fen,
         median(hours) FILTER (WHERE out) AS hours, min(requested_at) FILTER (WHERE out) AS since, max(requested_at) FILTER (WHERE out) AS until
  FROM marked m LEFT JOIN device d ON d.shop = m.shop AND d.device = m.device GROUP BY m.shop
)
SELECT *, n * (sum(k) OVER () - k + $prior * sum(k) OVER () / sum(n) OVER ()) / (sum(n) OVER () - n + $prior) AS expected FROM own ORDER BY shop
