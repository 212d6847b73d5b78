-- One row per shop, item and claim: since when the page said it, until when, how often it was put up, and what it said.
WITH page AS (
  SELECT fact, shop, item, changed_at, coalesce(status, 'on') = 'on' AS shown, coalesce(title, '') AS title,
         coalesce(attributes, '') AS attributes, coalesce(category, '') AS category, coalesce(brand, '') AS brand
  FROM listing WHERE shop IS NOT NULL AND item IS NOT NULL
),
hit AS (
  SELECT p.fact, p.shop, p.item, p.changed_at, t.claim, t.words, t.disguised, c.weight
  FROM page p JOIN ad_hit t USING (title, attributes, category, brand) JOIN ad_claim c USING (claim)
  WHERE p.shown AND p.changed_at::DATE >= c.valid_from AND p.changed_at::DATE <= c.valid_to
),
said AS (
  SELECT shop, item, claim, any_value(weight) AS weight, min(changed_at) AS since, max(changed_at) AS last, min(words) AS words,
         bool_or(disguised) AS disguised, list(fact ORDER BY fact) AS facts
  FROM hit GROUP BY shop, item, claim
),
ended AS (  -- the first page after the last such page that no longer says it
  SELECT s.shop, s.item, s.claim, min(p.changed_at) AS ended
  FROM said s JOIN page p ON p.shop = s.shop AND p.item = s.item AND p.changed_at > s.last GROUP BY ALL
)
SELECT s.shop, s.item, s.claim, s.weight, s.words, s.disguised, s.facts, s.since, coalesce(e.ended, $until) AS until, e.ended IS NULL AS still
FROM said s LEFT JOIN ended e USING (shop, item, claim)
