-- Every distinct page text that holds any of the words, plain and squeezed, without the brand's own name (a brand that is such a word, or
-- too short to be a name, is no excuse). $words: all claims' words in one expression.
WITH page AS (
  SELECT DISTINCT coalesce(title, '') AS title, coalesce(attributes, '') AS attributes, coalesce(category, '') AS category,
         coalesce(brand, '') AS brand
  FROM listing WHERE coalesce(status, 'on') = 'on'
),
read AS (
  SELECT *, lower(title || '，' || attributes) AS raw, {plain_text} AS made, {plain_brand} AS name FROM page
),
named AS (
  SELECT title, attributes, category, brand, raw,
         CASE WHEN length(name) >= 3 AND NOT regexp_full_match(name, $words) THEN replace(made, name, '囗') ELSE made END AS text
  FROM read
)
SELECT *, regexp_replace(text, $separators, '', 'g') AS squeezed FROM named
WHERE regexp_matches(text, $words) OR regexp_matches(regexp_replace(text, $separators, '', 'g'), $words)
