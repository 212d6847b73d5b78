-- The texts that offer one kind of forbidden goods: what they say, and whether it was written so that a plain search misses it.
SELECT text, $goods AS goods, coalesce(nullif(regexp_extract(made, $words), ''), regexp_extract(squeezed, $words)) AS words,
       NOT (regexp_matches(raw, $words) AND regexp_matches(made, $words)) AS disguised
FROM post_text
WHERE (regexp_matches(made, $words) OR regexp_matches(squeezed, $words)) AND NOT regexp_matches(squeezed, $not_with)
