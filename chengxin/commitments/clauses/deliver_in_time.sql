SELECT bound.maker, parcel.courier AS place, parcel.collected_at + to_hours(bound.n) AS due, parcel.fact,
       coalesce(parcel.signed_at > due + to_hours($grace), true) AS broken
FROM parcel JOIN bound ON bound.code = parcel.courier
WHERE parcel.collected_at >= bound.since AND parcel.collected_at < bound.until
