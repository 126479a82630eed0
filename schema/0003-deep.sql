-- SPDX-License-Identifier: Apache-2.0
-- What was found by reading a medium to its end. Both come at once, at no cost,
-- since NULL means: not read yet.

ALTER TABLE media
  ADD COLUMN sha256 BINARY(32) NULL COMMENT 'of the object as stored, once it was read whole',
  ADD COLUMN deep_ms BIGINT NULL COMMENT 'when it was last read whole';

ALTER TABLE media
  ADD KEY deep (source_id, deep_ms) COMMENT 'what was never read, or longest ago';
