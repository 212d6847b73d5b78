-- Pairs of shops, both ways, that share at least $least accounts or devices in [$since, $until); a thing of more than $most shops ties nobody.
WITH things AS (
    SELECT DISTINCT shop, 'account' AS kind, buyer AS thing FROM "order" WHERE ordered_at >= $since AND ordered_at < $until
    UNION ALL
    SELECT DISTINCT shop, 'device', device FROM "order" WHERE ordered_at >= $since AND ordered_at < $until AND device IS NOT NULL),
ties AS (SELECT * FROM things QUALIFY count(*) OVER (PARTITION BY kind, thing) BETWEEN 2 AND $most)
SELECT a.shop AS shop, b.shop AS other FROM ties a JOIN ties b ON a.kind = b.kind AND a.thing = b.thing AND a.shop <> b.shop
WHERE a.shop IS NOT NULL AND b.shop IS NOT NULL
GROUP BY ALL HAVING count(*) >= $least
