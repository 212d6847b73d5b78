-- What the shop's partners did, side by side: parcels by courier with their hours from collection to signature, and the shop's orders.
SELECT shop, courier AS who, count(*) AS parcels, count(signed_at) AS signed,
       CAST(median(date_diff('hour', collected_at, signed_at)) AS BIGINT) AS hours
FROM parcel WHERE shop IS NOT NULL AND courier IS NOT NULL GROUP BY ALL ORDER BY shop, who
