SELECT bound.maker, complaint.platform AS place, complaint.closed_at AS due, complaint.fact,
       coalesce(complaint.outcome, 'other') NOT IN ('rejected', 'withdrawn', 'other') AS broken
FROM complaint JOIN bound ON bound.shop = complaint.shop
WHERE complaint.reason = 'fake' AND complaint.closed_at IS NOT NULL AND complaint.filed_at >= bound.since AND complaint.filed_at < bound.until
  AND $grace = 0
