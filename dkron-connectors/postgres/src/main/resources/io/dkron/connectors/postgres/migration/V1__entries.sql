-- All keys and values. Keys are ordered by their UTF-8 bytes, which COLLATE "C" means.
CREATE TABLE dkron_entry (
    key     text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    value   bytea  NOT NULL
);

-- One number a commit, the version of all that it puts; never given twice, so a key made again has another one.
CREATE SEQUENCE dkron_version AS bigint START WITH 1 NO CYCLE;
