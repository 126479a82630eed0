-- SPDX-License-Identifier: Apache-2.0
-- Zips in the archives. Their entries are objects like others, under keys
-- such as "a.zip//calls/1.json"; this says which zips need not be opened again.

CREATE TABLE zip (
  source_id SMALLINT UNSIGNED NOT NULL,
  key_hash BINARY(16) NOT NULL COMMENT 'first 128 bits of SHA-256 of its object_key',
  size BIGINT UNSIGNED NOT NULL COMMENT 'bytes, as it was when it was read to its end',
  modified_ns BIGINT NOT NULL COMMENT 'nanoseconds since 1970, likewise',
  entries INT UNSIGNED NOT NULL COMMENT 'of it in object',
  documents INT UNSIGNED NOT NULL COMMENT 'of them, good and damaged',
  faults INT UNSIGNED NOT NULL,
  PRIMARY KEY (source_id, key_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Zips that were read';
