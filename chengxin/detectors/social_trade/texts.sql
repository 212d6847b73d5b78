-- Every distinct text that holds any of the words, plain and squeezed. $words: all goods' words in one expression.
WITH said AS (SELECT DISTINCT text FROM post WHERE text IS NOT NULL),
read AS (SELECT text, lower(text) AS raw, {plain} AS made FROM said)
SELECT *, regexp_replace(made, $separators, '', 'g') AS squeezed FROM read
WHERE regexp_matches(made, $words) OR regexp_matches(regexp_replace(made, $separators, '', 'g'), $words)
