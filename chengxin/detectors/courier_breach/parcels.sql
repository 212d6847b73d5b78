-- One row per parcel with its way: the outlet that took it in and the one that signed it off, what was checked at pick-up, and what the
-- scans leave out. A check counts as left out when its firm reports such checks at all for half of its parcels or more.
WITH sent AS (
  SELECT parcel, list(fact ORDER BY fact) AS facts, min(courier) AS courier, min(origin_division) AS origin,
         min(dest_division) AS dest, min(collected_at) AS collected_at, min(signed_at) AS signed_at,
         bool_and(real_name_checked) AS named, bool_and(opened_for_check) AS opened
  FROM parcel WHERE parcel IS NOT NULL AND courier IS NOT NULL GROUP BY parcel
),
firm AS (
  SELECT courier, count(named) >= 0.5 * count(*) AS names, count(opened) >= 0.5 * count(*) AS opens FROM sent GROUP BY courier
),
way AS (
  SELECT parcel, min(outlet) FILTER (WHERE status = 'PICKED') AS taken_by, min(outlet) FILTER (WHERE status = 'SIGNED') AS signed_by,
         list(fact ORDER BY fact) FILTER (WHERE status = 'SIGNED') AS sign_facts, count(*) FILTER (WHERE status NOT IN ('PICKED', 'SIGNED')) AS on_the_way,
         count(*) FILTER (WHERE status = 'OUT') AS out, min("at") FILTER (WHERE status = 'SIGNED') AS signed_scan
  FROM scan GROUP BY parcel
),
denied AS (  -- buyers who say that nothing came, after somebody signed
  SELECT p.parcel, list(DISTINCT c.fact ORDER BY c.fact) AS complaints FROM complaint c JOIN parcel p USING ("order")
  WHERE c.reason = 'not_received' AND p.signed_at < c.filed_at GROUP BY p.parcel
)
SELECT s.parcel, s.facts, s.courier, s.origin, s.dest, s.collected_at, s.signed_at, w.taken_by, w.signed_by, w.sign_facts, w.signed_scan,
       CASE WHEN f.names THEN coalesce(s.named, false) END AS named, CASE WHEN f.opens THEN coalesce(s.opened, false) END AS opened,
       w.signed_scan IS NOT NULL AND s.origin <> s.dest AS whole_way, w.on_the_way, w.out, d.complaints
FROM sent s JOIN firm f USING (courier) LEFT JOIN way w USING (parcel) LEFT JOIN denied d USING (parcel)
