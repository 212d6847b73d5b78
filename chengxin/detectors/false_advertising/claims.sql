-- The page texts that hold one claim where nothing excuses it: what they say, and whether it was written so that a plain search misses it.
WITH applies AS (
  SELECT * FROM ad_text
  WHERE ($categories = '' OR regexp_matches(category, $categories)) AND ($not_categories = '' OR NOT regexp_matches(category, $not_categories))
    AND ($not_with = '' OR NOT regexp_matches(squeezed, $not_with))
),
meant AS (  -- what only looks like a denial is no denial; what is excused is set aside
  SELECT *, regexp_replace(regexp_replace(text, $false_denials, '', 'g'), $excused, '囗', 'g') AS said,
         regexp_replace(regexp_replace(squeezed, $false_denials, '', 'g'), $excused, '囗', 'g') AS joined
  FROM applies
)
SELECT title, attributes, category, brand, $claim AS claim,
       coalesce(nullif(regexp_extract(said, $words), ''), regexp_extract(joined, $words)) AS words,
       NOT (regexp_matches(raw, $words) AND regexp_matches(said, $words)) AS disguised
FROM meant WHERE regexp_matches(said, $words) OR regexp_matches(joined, $words)
