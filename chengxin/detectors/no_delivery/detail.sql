-- What a reason needs to know of each shop under suspicion. Money in fen.
WITH last AS (
  SELECT shop, max(ordered_at) AS last_order, max(sent_at) AS last_parcel FROM promised GROUP BY shop
)
SELECT o.shop, count(*) AS n, count(*) FILTER (WHERE kept) AS kept, sum(amount) FILTER (WHERE kept) AS fen,
       min(paid_at) FILTER (WHERE kept) AS since, max(paid_at) FILTER (WHERE kept) AS until,
       count(*) FILTER (WHERE kept AND missed) AS missed,
       count(*) FILTER (WHERE kept AND (missed OR open_since + to_days(delay_days) <= $until)) AS voices,
       count(*) FILTER (WHERE kept AND open_since + to_days(delay_days) <= $until) AS ignored,
       median(date_diff('day', due_at, $until)) FILTER (WHERE kept) AS days_over,
       any_value(last_order) AS last_order, any_value(last_parcel) AS last_parcel,
       median(hours) AS hours, any_value(delay_days) AS delay_days
FROM ripe_order o JOIN last ON last.shop = o.shop
WHERE list_contains($shops, o.shop)
GROUP BY o.shop ORDER BY o.shop
