SELECT bound.maker, complaint.platform AS place, complaint.filed_at + to_days(bound.n) AS due, complaint.fact,
       coalesce(complaint.closed_at > due + to_hours($grace), true) AS broken
FROM complaint JOIN bound ON bound.shop = complaint.shop
WHERE complaint.filed_at >= bound.since AND complaint.filed_at < bound.until
