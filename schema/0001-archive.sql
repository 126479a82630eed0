-- SPDX-License-Identifier: Apache-2.0
-- What the archives hold. Times are milliseconds since 1970-01-01 UTC.
--
-- The id of an interaction is made from the call: 42 bits of its start in
-- milliseconds, then 22 bits of a hash of the recording id. So the clustered
-- index is the date index, every secondary index ends in time order, and
-- reading a document twice hits the same key. Tables that grow with the
-- archive and carry that id are partitioned by quarters of a year; the worker
-- splits the partition that a call of a new quarter would fall into. p_last
-- always exists. There are no foreign keys: MariaDB has none across partitions.

CREATE TABLE source (
  id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'as in sources.d/NAME.conf',
  kind VARCHAR(16) CHARACTER SET ascii NOT NULL COMMENT 'local, s3, azure',
  region VARCHAR(128) NOT NULL DEFAULT '' COMMENT 'of calls whose document names none; empty: none',
  division_rule VARCHAR(255) NOT NULL DEFAULT 'partitions,accessgroups' COMMENT 'where divisions come from',
  added_ms BIGINT NOT NULL,
  removed_ms BIGINT NULL COMMENT 'no longer read; its calls stay',
  lease_owner VARCHAR(128) NOT NULL DEFAULT '' COMMENT 'host:pid of the worker that reads it now',
  lease_until_ms BIGINT NOT NULL DEFAULT 0 COMMENT 'after this another worker may take it over',
  PRIMARY KEY (id),
  UNIQUE KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Where archives lie';

CREATE TABLE pass (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  source_id SMALLINT UNSIGNED NOT NULL,
  worker VARCHAR(128) NOT NULL COMMENT 'host:pid',
  state ENUM('running','done','stopped','failed','interrupted') NOT NULL,
  message VARCHAR(500) NOT NULL DEFAULT '' COMMENT 'why it stopped or failed',
  started_ms BIGINT NOT NULL,
  heartbeat_ms BIGINT NOT NULL,
  ended_ms BIGINT NULL,
  seen BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'objects listed',
  documents BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'metadata documents opened',
  unchanged BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'documents known and not opened',
  inserted BIGINT UNSIGNED NOT NULL DEFAULT 0,
  updated BIGINT UNSIGNED NOT NULL DEFAULT 0,
  faults BIGINT UNSIGNED NOT NULL DEFAULT 0,
  media BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'media checked',
  valid BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'interactions found valid',
  failed BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'interactions found failed',
  PRIMARY KEY (id),
  KEY (source_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='One reading of one source';

CREATE TABLE object (
  source_id SMALLINT UNSIGNED NOT NULL,
  dir_hash BIGINT UNSIGNED NOT NULL COMMENT 'first 64 bits of SHA-256 of the directory, without a slash at its end',
  key_hash BINARY(16) NOT NULL COMMENT 'first 128 bits of SHA-256 of object_key',
  name_hash BIGINT UNSIGNED NOT NULL COMMENT 'first 64 bits of SHA-256 of the folded base name, for pairing',
  object_key VARBINARY(4096) NOT NULL COMMENT 'path below the source''s root',
  size BIGINT UNSIGNED NOT NULL COMMENT 'bytes as stored',
  modified_ns BIGINT NOT NULL COMMENT 'nanoseconds since 1970',
  role ENUM('other','document','faulty','media') NOT NULL COMMENT 'media: by its name; other: neither that nor metadata',
  sha256 BINARY(32) NULL COMMENT 'of documents',
  pass_id INT UNSIGNED NOT NULL COMMENT 'that saw it last in this form',
  PRIMARY KEY (source_id, dir_hash, key_hash),
  KEY (source_id, name_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What listing found; an unchanged document is not opened again';

CREATE TABLE fault (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  source_id SMALLINT UNSIGNED NOT NULL,
  key_hash BINARY(16) NOT NULL,
  object_key VARBINARY(4096) NOT NULL,
  cause VARCHAR(32) CHARACTER SET ascii NOT NULL COMMENT 'one word: invalid_json, too_large, unreadable, ...',
  detail VARCHAR(500) NOT NULL COMMENT 'a sentence: line and column, or what the storage said',
  first_ms BIGINT NOT NULL,
  last_ms BIGINT NOT NULL,
  pass_id INT UNSIGNED NOT NULL COMMENT 'that found it last',
  resolved_ms BIGINT NULL COMMENT 'when a later pass read the object well',
  PRIMARY KEY (id),
  UNIQUE KEY (source_id, key_hash, cause),
  KEY (last_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Documents and objects that could not be read';

CREATE TABLE scope (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  region VARCHAR(128) NOT NULL COMMENT 'empty: none',
  divisions_hash BINARY(16) NOT NULL COMMENT 'first 128 bits of SHA-256 of the sorted divisions joined by newlines',
  divisions MEDIUMTEXT NOT NULL COMMENT 'JSON array, sorted',
  PRIMARY KEY (id),
  UNIQUE KEY (region, divisions_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Each distinct region with its set of divisions: what decides who may see';

CREATE TABLE scope_division (
  scope_id INT UNSIGNED NOT NULL,
  division VARCHAR(255) NOT NULL COMMENT 'a path such as /US/East',
  PRIMARY KEY (scope_id, division),
  KEY (division)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE interaction (
  id BIGINT UNSIGNED NOT NULL COMMENT 'started_ms << 22 | 22 bits of SHA-256 of recording_id, or the next free one',
  recording_id VARCHAR(128) NOT NULL,
  source_id SMALLINT UNSIGNED NOT NULL COMMENT 'the first that held it',
  scope_id INT UNSIGNED NOT NULL,
  started_ms BIGINT NULL,
  ended_ms BIGINT NULL,
  duration_ms BIGINT NULL COMMENT 'ended - started',
  caller VARCHAR(128) NULL COMMENT 'ANI as written',
  caller_digits VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  dialed VARCHAR(128) NULL COMMENT 'DNIS as written',
  dialed_digits VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  call_type ENUM('unknown','inbound','outbound','internal','consult') NOT NULL,
  state ENUM('unchecked','ok','empty','missing','unreadable','no_key','wrong_key','damaged') NOT NULL,
  reviewed TINYINT UNSIGNED NOT NULL,
  valid TINYINT UNSIGNED NOT NULL,
  encrypted TINYINT UNSIGNED NOT NULL,
  has_screen TINYINT UNSIGNED NOT NULL,
  media_count SMALLINT UNSIGNED NOT NULL,
  agents MEDIUMTEXT NOT NULL COMMENT 'JSON array of {user,name}, as the API answers it',
  PRIMARY KEY (id),
  KEY recording (recording_id),
  KEY caller (caller_digits),
  KEY dialed (dialed_digits),
  KEY scope (scope_id),
  KEY checked (reviewed, valid),
  KEY duration (duration_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Recordings, as the list shows them'
  PARTITION BY RANGE (id) (PARTITION p_last VALUES LESS THAN MAXVALUE);

CREATE TABLE interaction_detail (
  interaction_id BIGINT UNSIGNED NOT NULL,
  events MEDIUMTEXT NOT NULL COMMENT 'JSON array, as the API answers it',
  labels MEDIUMTEXT NOT NULL COMMENT 'JSON array of texts',
  PRIMARY KEY (interaction_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='What only the page of one call needs'
  PARTITION BY RANGE (interaction_id) (PARTITION p_last VALUES LESS THAN MAXVALUE);

CREATE TABLE media (
  interaction_id BIGINT UNSIGNED NOT NULL,
  n SMALLINT UNSIGNED NOT NULL COMMENT 'position in the document''s list',
  kind ENUM('audio','video') NOT NULL,
  type VARCHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'as served: audio/mpeg',
  names MEDIUMTEXT NOT NULL COMMENT 'folded base names it may have, in order, one a line: a late medium is paired by them',
  document_key VARBINARY(4096) NOT NULL COMMENT 'of the document that names it',
  sole TINYINT UNSIGNED NOT NULL COMMENT 'the only medium that its document names',
  source_id SMALLINT UNSIGNED NOT NULL,
  object_key VARBINARY(4096) NULL COMMENT 'NULL: not found yet',
  key_hash BINARY(16) NULL COMMENT 'of object_key',
  size BIGINT UNSIGNED NULL COMMENT 'bytes as stored',
  plain_size BIGINT UNSIGNED NULL COMMENT 'bytes after decryption, once known',
  started_ms BIGINT NULL,
  duration_ms BIGINT NULL,
  encrypted TINYINT UNSIGNED NOT NULL,
  envelope ENUM('none','detached','whole') NOT NULL COMMENT 'where the wrapped key stands',
  cms MEDIUMBLOB NULL COMMENT 'DER of a detached envelope',
  state ENUM('unchecked','ok','empty','missing','unreadable','no_key','wrong_key','damaged') NOT NULL,
  checked_ms BIGINT NULL,
  masks MEDIUMTEXT NOT NULL COMMENT 'JSON array of {from_ms,to_ms}',
  PRIMARY KEY (interaction_id, n),
  KEY object (source_id, key_hash),
  KEY state (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Media files of recordings'
  PARTITION BY RANGE (interaction_id) (PARTITION p_last VALUES LESS THAN MAXVALUE);

CREATE TABLE participant (
  interaction_id BIGINT UNSIGNED NOT NULL,
  seq SMALLINT UNSIGNED NOT NULL COMMENT 'in order of joining',
  kind ENUM('user','external','screen') NOT NULL COMMENT 'screen: the agent a screen recording names',
  user_name VARCHAR(191) NULL,
  first_name VARCHAR(191) NULL,
  last_name VARCHAR(191) NULL,
  phone VARCHAR(128) NULL,
  joined_ms BIGINT NULL,
  left_ms BIGINT NULL,
  PRIMARY KEY (interaction_id, seq),
  KEY agent (user_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Who took part'
  PARTITION BY RANGE (interaction_id) (PARTITION p_last VALUES LESS THAN MAXVALUE);

CREATE TABLE attribute (
  interaction_id BIGINT UNSIGNED NOT NULL,
  seq SMALLINT UNSIGNED NOT NULL,
  name VARCHAR(128) NOT NULL,
  value MEDIUMTEXT NOT NULL COMMENT 'of keys that look like secrets: ****',
  PRIMARY KEY (interaction_id, seq),
  KEY pair (name, value(64))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Attached data'
  PARTITION BY RANGE (interaction_id) (PARTITION p_last VALUES LESS THAN MAXVALUE);

CREATE TABLE place (
  source_id SMALLINT UNSIGNED NOT NULL,
  key_hash BINARY(16) NOT NULL COMMENT 'of the document''s object key',
  element INT UNSIGNED NOT NULL COMMENT 'position of the recording in the document, from 0',
  object_key VARBINARY(4096) NOT NULL,
  interaction_id BIGINT UNSIGNED NOT NULL,
  size BIGINT UNSIGNED NOT NULL COMMENT 'of the whole document',
  slice_begin BIGINT UNSIGNED NOT NULL COMMENT 'this recording''s bytes in it',
  slice_end BIGINT UNSIGNED NOT NULL,
  blanks MEDIUMTEXT NOT NULL COMMENT 'JSON array of [begin,end] of secrets, offsets in the document; [begin,end,1]: of a number',
  own TINYINT UNSIGNED NOT NULL COMMENT '1: the rows of the interaction were made from it; one of its places',
  PRIMARY KEY (source_id, key_hash, element),
  KEY (interaction_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Every document that tells of an interaction';

CREATE TABLE media_name (
  source_id SMALLINT UNSIGNED NOT NULL,
  bare_hash BIGINT UNSIGNED NOT NULL COMMENT 'first 64 bits of SHA-256 of a base name without .bin, with its case, or of a slash and a short one as it is',
  interaction_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (source_id, bare_hash, interaction_id),
  KEY (interaction_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Which interactions name a media file: pairing asks whether another one does';

CREATE TABLE alias (
  old_id BIGINT UNSIGNED NOT NULL,
  interaction_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (old_id),
  KEY (interaction_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Ids that calls had before a document corrected their start';

CREATE TABLE tombstone (
  id BIGINT UNSIGNED NOT NULL,
  recording_hash BINARY(16) NOT NULL COMMENT 'first 128 bits of SHA-256 of recording_id: it stays erased',
  erased_ms BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Ids of erased calls: never given again';

CREATE TABLE recipient (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  fingerprint BINARY(32) NOT NULL COMMENT 'SHA-256 of issuer DER and serial, or of the key identifier',
  issuer VARCHAR(512) NOT NULL COMMENT 'readable; empty for a key identifier',
  serial VARCHAR(128) CHARACTER SET ascii NOT NULL COMMENT 'decimal, or the key identifier in hexadecimal',
  PRIMARY KEY (id),
  UNIQUE KEY (fingerprint)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Certificates that recordings were encrypted to';

CREATE TABLE media_recipient (
  recipient_id INT UNSIGNED NOT NULL,
  interaction_id BIGINT UNSIGNED NOT NULL,
  n SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (recipient_id, interaction_id, n),
  KEY (interaction_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  PARTITION BY RANGE (interaction_id) (PARTITION p_last VALUES LESS THAN MAXVALUE);

CREATE TABLE certificate (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  fingerprint BINARY(32) NOT NULL COMMENT 'as recipient.fingerprint, of issuer and serial',
  key_id_fingerprint BINARY(32) NOT NULL COMMENT 'as recipient.fingerprint, of the key identifier',
  subject VARCHAR(512) NOT NULL,
  issuer VARCHAR(512) NOT NULL,
  serial VARCHAR(128) CHARACTER SET ascii NOT NULL,
  not_before_ms BIGINT NOT NULL,
  not_after_ms BIGINT NOT NULL,
  imported_ms BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY (fingerprint),
  KEY (key_id_fingerprint)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Whose private keys iap-media holds; never the keys themselves';
