-- Local: sealed parcels that lie in a relay, met there or given to it. A seal is made by chance, so only this says which plain
-- parcel is in which, without opening each every time.
CREATE TABLE sealed_parcel (
    relay      TEXT NOT NULL,
    sealed     TEXT NOT NULL CHECK (length(sealed) = 64),     -- of the bytes as they lie there
    plain      TEXT CHECK (length(plain) = 64),               -- of what is inside; NULL where no key of ours opened it
    recipients TEXT NOT NULL CHECK (length(recipients) = 64), -- of the set of keys to which it says that it is sealed
    PRIMARY KEY (relay, sealed)
) STRICT;

-- Local: to which set of keys everything up to relay_mark.offered was sealed there; no row: it lies there plain.
CREATE TABLE sealed_mark (
    relay      TEXT PRIMARY KEY,
    recipients TEXT NOT NULL CHECK (length(recipients) = 64)
) STRICT;
