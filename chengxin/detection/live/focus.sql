-- What a focused run sees: everything about the shops of the alerts and about whoever traded there, and a sample of other shops as background.
-- Exact for the shops looked at: all their facts, all other orders of their buyers and of the devices, addresses and payers of their orders,
-- and everything that came of those orders. Rates and medians of the whole city are those of the sample: the shops with the smallest tokens,
-- which are keyed hashes.
CREATE TABLE focus_home AS SELECT DISTINCT unnest($shops::BIGINT[]) AS shop;
CREATE TABLE focus_market AS SELECT DISTINCT platform FROM "order" SEMI JOIN focus_home USING (shop) WHERE ordered_at >= $since;
CREATE TABLE focus_shop AS SELECT shop FROM focus_home
    UNION (SELECT DISTINCT shop FROM "order" SEMI JOIN focus_market USING (platform) WHERE ordered_at >= $since ORDER BY shop LIMIT $background);
CREATE TABLE focus_seed AS SELECT "order", buyer, device, address FROM "order" SEMI JOIN focus_home USING (shop) WHERE ordered_at >= $since;
CREATE TABLE focus_thing AS SELECT DISTINCT device AS thing FROM focus_seed WHERE device IS NOT NULL
    UNION SELECT address FROM focus_seed WHERE address IS NOT NULL;
CREATE TABLE focus_payer AS SELECT DISTINCT payer FROM payment SEMI JOIN focus_seed USING ("order") WHERE payer IS NOT NULL;
CREATE TABLE focus_waybill AS SELECT DISTINCT parcel FROM parcel SEMI JOIN focus_home USING (shop);
CREATE TABLE focus_number AS SELECT DISTINCT "order" FROM payment SEMI JOIN focus_payer USING (payer)
    UNION SELECT "order" FROM parcel SEMI JOIN focus_waybill USING (parcel);
CREATE TABLE focus_order AS SELECT * FROM "order"
    WHERE shop IN (SELECT shop FROM focus_shop) OR buyer IN (SELECT buyer FROM focus_seed)
       OR device IN (SELECT thing FROM focus_thing) OR address IN (SELECT thing FROM focus_thing)
       OR "order" IN (SELECT "order" FROM focus_number);
CREATE TABLE focus_person AS SELECT DISTINCT buyer AS person FROM focus_order;
CREATE TABLE focus_payment AS SELECT * FROM payment SEMI JOIN focus_order USING ("order");
CREATE TABLE focus_refund AS SELECT * FROM refund SEMI JOIN focus_order USING ("order");
CREATE TABLE focus_parcel AS SELECT * FROM parcel
    WHERE shop IN (SELECT shop FROM focus_shop) OR "order" IN (SELECT "order" FROM focus_order) OR parcel IN (SELECT parcel FROM focus_waybill);
CREATE TABLE focus_scan AS SELECT * FROM scan SEMI JOIN focus_parcel USING (parcel);
CREATE TABLE focus_visit AS SELECT * FROM visit
    WHERE shop IN (SELECT shop FROM focus_home) OR visitor IN (SELECT person FROM focus_person);
CREATE TABLE focus_review AS SELECT * FROM review
    WHERE shop IN (SELECT shop FROM focus_home) OR rater IN (SELECT person FROM focus_person);
CREATE TABLE focus_listing AS SELECT * FROM listing SEMI JOIN focus_order USING (item)
