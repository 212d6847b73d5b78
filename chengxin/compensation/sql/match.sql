-- lines, postings: id, amount (fen, in positive), ref, day. Pairs found: by reference and amount; else by amount and day. Where several fit
-- equally, the first is taken with the first: they are the same money either way.
WITH by_ref AS (
    SELECT l.id AS line, p.id AS posting
    FROM (SELECT *, row_number() OVER (PARTITION BY amount, ref ORDER BY day, id) AS n FROM lines WHERE ref <> '') l
    JOIN (SELECT *, row_number() OVER (PARTITION BY amount, ref ORDER BY day, id) AS n FROM postings WHERE ref <> '') p USING (amount, ref, n)
),
by_day AS (
    SELECT l.id AS line, p.id AS posting
    FROM (SELECT *, row_number() OVER (PARTITION BY amount, day ORDER BY id) AS n FROM lines ANTI JOIN by_ref ON id = line) l
    JOIN (SELECT *, row_number() OVER (PARTITION BY amount, day ORDER BY id) AS n FROM postings ANTI JOIN by_ref ON id = posting) p
        USING (amount, day, n)
    -- two references that are both given and differ are not the same money
    WHERE l.ref = '' OR p.ref = ''
)
SELECT line, posting, 'ref' AS how FROM by_ref UNION ALL SELECT line, posting, 'sum' FROM by_day ORDER BY line
