-- SPDX-License-Identifier: Apache-2.0
-- Who may use IAP, what they may, and what they did.

CREATE TABLE role (
  name VARCHAR(64) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE role_permission (
  role VARCHAR(64) NOT NULL,
  permission VARCHAR(32) CHARACTER SET ascii NOT NULL,
  PRIMARY KEY (role, permission)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO role (name) VALUES ('admin'), ('compliance'), ('supervisor'), ('analyst'), ('auditor');

INSERT INTO role_permission (role, permission) VALUES
  ('admin', 'search'), ('admin', 'play'), ('admin', 'play_own'), ('admin', 'download'),
  ('admin', 'metadata'), ('admin', 'metadata_raw'), ('admin', 'failed'), ('admin', 'export'),
  ('admin', 'hold'), ('admin', 'retention'), ('admin', 'users'), ('admin', 'sources'),
  ('admin', 'keys'), ('admin', 'audit'),
  ('compliance', 'search'), ('compliance', 'play'), ('compliance', 'play_own'), ('compliance', 'download'),
  ('compliance', 'metadata'), ('compliance', 'metadata_raw'), ('compliance', 'failed'),
  ('compliance', 'export'), ('compliance', 'hold'), ('compliance', 'retention'), ('compliance', 'audit'),
  ('supervisor', 'search'), ('supervisor', 'play'), ('supervisor', 'play_own'), ('supervisor', 'download'),
  ('supervisor', 'metadata'), ('supervisor', 'failed'), ('supervisor', 'export'),
  ('analyst', 'search'), ('analyst', 'play'), ('analyst', 'play_own'), ('analyst', 'metadata'),
  ('auditor', 'audit');

CREATE TABLE user (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  issuer VARCHAR(255) NOT NULL COMMENT 'local, or the identity provider''s own name',
  subject VARCHAR(255) NOT NULL COMMENT 'of the issuer; for local accounts the name',
  name VARCHAR(191) NOT NULL COMMENT 'shown, and typed by local accounts',
  mail VARCHAR(191) NOT NULL DEFAULT '' COMMENT 'shown only; never who somebody is',
  role VARCHAR(64) NOT NULL,
  all_regions TINYINT UNSIGNED NOT NULL,
  all_divisions TINYINT UNSIGNED NOT NULL,
  password_hash VARCHAR(255) CHARACTER SET ascii NULL COMMENT 'Argon2id; NULL: no local sign-in',
  created_ms BIGINT NOT NULL,
  disabled_ms BIGINT NULL,
  last_signin_ms BIGINT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY (issuer, subject)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE user_region (
  user_id INT UNSIGNED NOT NULL,
  region VARCHAR(128) NOT NULL,
  PRIMARY KEY (user_id, region)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE user_division (
  user_id INT UNSIGNED NOT NULL,
  division VARCHAR(255) NOT NULL COMMENT 'a path; what lies below it is covered too',
  PRIMARY KEY (user_id, division)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE session (
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie''s 256 random bits',
  user_id INT UNSIGNED NOT NULL,
  csrf BINARY(32) NOT NULL COMMENT 'random; sent back by forms and scripts',
  created_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  address VARCHAR(45) CHARACTER SET ascii NOT NULL,
  agent VARCHAR(255) NOT NULL COMMENT 'the browser''s own words',
  PRIMARY KEY (token_hash),
  KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE signin_attempt (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  account VARCHAR(191) NOT NULL,
  address VARCHAR(45) CHARACTER SET ascii NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY (account, at_ms),
  KEY (address, at_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Refused sign-ins, for the rate limit';

CREATE TABLE audit (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at_ms BIGINT NOT NULL,
  user_id INT UNSIGNED NULL,
  actor VARCHAR(512) NOT NULL COMMENT 'issuer and subject, or what was typed',
  session BINARY(8) NULL COMMENT 'first 64 bits of the session''s token_hash',
  address VARCHAR(45) CHARACTER SET ascii NOT NULL,
  request_id VARCHAR(64) CHARACTER SET ascii NOT NULL,
  action VARCHAR(32) CHARACTER SET ascii NOT NULL COMMENT 'signin, signout, search, view, metadata, play, download, ...',
  object_type VARCHAR(32) CHARACTER SET ascii NOT NULL DEFAULT '',
  object_id VARCHAR(128) NOT NULL DEFAULT '',
  result ENUM('ok','denied','failed') NOT NULL,
  detail TEXT NOT NULL COMMENT 'JSON object: the query, the count, the reason',
  PRIMARY KEY (id),
  KEY (at_ms),
  KEY (object_type, object_id),
  KEY (user_id, at_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Append only';
