-- Captured events as moves: who had what, who handed it on. One row per event and thing. What a move is stands in chains.py.
-- events, items, parties: as captured. names: party or place → who it is found to be. units: unit → measure and base units of one.
-- packs: gtin → what one piece holds, and the yield of making it. Steps are short names of the Core Business Vocabulary (CBV 2.0, 7.1).
CREATE OR REPLACE TEMP TABLE known AS
SELECT p.event, p.side, p.type, coalesce('owner:' || n.owner, p.value) AS value FROM parties p LEFT JOIN names n ON n.key = p.value;

CREATE OR REPLACE TEMP TABLE placed AS
SELECT e.id, e.kind, e.action, e.at, e.step, e.disposition,
    coalesce(min(k.value) FILTER (WHERE k.side = 'source' AND k.type = 'possessing_party'), min(k.value) FILTER (WHERE k.side = 'source' AND k.type = 'owning_party')) AS giver,
    coalesce(min(k.value) FILTER (WHERE k.side = 'destination' AND k.type = 'possessing_party'), min(k.value) FILTER (WHERE k.side = 'destination' AND k.type = 'owning_party')) AS taker,
    coalesce(min(k.value) FILTER (WHERE k.side = 'location'), min(k.value) FILTER (WHERE k.side = 'read_point')) AS here
FROM events e LEFT JOIN known k ON k.event = e.id GROUP BY ALL;

-- What lay in which container, from packing to unpacking.
CREATE OR REPLACE TEMP TABLE packed AS
WITH acts AS (
    SELECT p.key AS parent, e.id, e.at, e.action FROM items p JOIN events e ON e.id = p.event
    WHERE e.kind = 'aggregation' AND p.role = 'parent'
), ends AS (SELECT a.parent, a.at AS moment FROM acts a WHERE a.action = 'DELETE')
SELECT a.parent, c.key, c.gtin, c.serial, c.quantity, c.unit, a.at AS since,
    (SELECT min(x.moment) FROM ends x WHERE x.parent = a.parent AND x.moment >= a.at) AS until
FROM acts a JOIN items c ON c.event = a.id AND c.role IN ('child', 'child_quantity') WHERE a.action = 'ADD';

-- Things moved, a container standing for what lay in it. Five containers deep is more than any warehouse has.
CREATE OR REPLACE TEMP TABLE things AS
WITH RECURSIVE open AS (
    SELECT i.event, e.at, i.role, i.key, i.gtin, i.serial, i.quantity, i.unit, 0 AS deep FROM items i JOIN events e ON e.id = i.event
    WHERE i.role IN ('epc', 'quantity', 'input', 'input_quantity', 'output', 'output_quantity')
        OR (i.role IN ('child', 'child_quantity') AND e.kind = 'aggregation' AND e.action = 'OBSERVE')
    UNION ALL
    SELECT o.event, o.at, o.role, p.key, p.gtin, p.serial, p.quantity, p.unit, o.deep + 1
    FROM open o JOIN packed p ON p.parent = o.key AND o.at >= p.since AND (p.until IS NULL OR o.at <= p.until) WHERE o.deep < 5
)
SELECT * FROM open o WHERE NOT EXISTS (
    SELECT 1 FROM packed p WHERE p.parent = o.key AND o.at >= p.since AND (p.until IS NULL OR o.at <= p.until)
);

CREATE OR REPLACE TEMP TABLE acted AS
SELECT t.event, t.key, t.gtin, t.serial, t.quantity, t.unit, p.at, p.giver, p.taker, p.here,
    CASE
        WHEN t.role IN ('input', 'input_quantity') THEN 'use'
        WHEN t.role IN ('output', 'output_quantity') THEN 'make'
        WHEN p.step IN ('retail_selling', 'dispensing') THEN 'sold'
        WHEN p.step IN ('destroying', 'decommissioning', 'consuming') OR p.action = 'DELETE' THEN 'end'
        WHEN p.step = 'receiving' AND p.disposition = 'returned' AND p.giver IS NULL THEN 'back'
        WHEN p.step = 'receiving' THEN 'in'
        WHEN p.step = 'shipping' THEN 'out'
        WHEN p.action = 'ADD' AND p.kind = 'object' THEN 'make'
    END AS act
FROM things t JOIN placed p ON p.id = t.event;

CREATE OR REPLACE TEMP TABLE moved AS
SELECT a.event, a.key, a.at, a.act, a.serial <> '' AS serial,
    CASE a.act WHEN 'out' THEN coalesce(a.giver, a.here) WHEN 'in' THEN coalesce(a.taker, a.here) ELSE coalesce(a.here, a.giver, a.taker) END AS party,
    CASE a.act WHEN 'out' THEN a.taker WHEN 'in' THEN a.giver END AS other,
    CASE WHEN u.measure = 3 AND k.amount > 0 THEN k.measure ELSE coalesce(u.measure, 0) END AS measure,
    -- whole millionths of the quantity first, then whole base units: the sum of two halves is the whole
    CAST(CASE
        WHEN u.measure = 3 AND k.amount > 0 THEN CAST(round(coalesce(a.quantity, 1) * 1000000) AS HUGEINT) * k.amount // 1000000
        ELSE CAST(round(coalesce(a.quantity, 1) * 1000000) AS HUGEINT) * coalesce(u.factor, 1) // 1000000
    END AS BIGINT) AS amount,
    coalesce(k.yield, $yield) AS made_of
FROM acted a LEFT JOIN units u ON u.unit = a.unit LEFT JOIN packs k ON k.gtin = a.gtin AND a.gtin <> ''
WHERE a.act IS NOT NULL;
