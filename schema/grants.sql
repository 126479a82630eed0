-- SPDX-License-Identifier: Apache-2.0
-- What each program's database user may. @web@ and @worker@ stand for the
-- users, @db@ for the database; `iapctl db migrate` puts them in. The web
-- cannot change the schema nor the archive's rows; the worker cannot touch
-- people. Worker: ALTER, CREATE, DROP are what MariaDB wants for splitting
-- and dropping partitions, on the partitioned tables only.

GRANT SELECT ON @db@.* TO @web@;
GRANT INSERT, UPDATE, DELETE ON @db@.user TO @web@;
GRANT INSERT, UPDATE, DELETE ON @db@.user_region TO @web@;
GRANT INSERT, UPDATE, DELETE ON @db@.user_division TO @web@;
GRANT INSERT, UPDATE, DELETE ON @db@.session TO @web@;
GRANT INSERT, DELETE ON @db@.signin_attempt TO @web@;
GRANT INSERT ON @db@.audit TO @web@;

GRANT SELECT ON @db@.schema_version TO @worker@;
GRANT SELECT, UPDATE ON @db@.source TO @worker@;
GRANT SELECT, INSERT, UPDATE ON @db@.pass TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @db@.object TO @worker@;
GRANT SELECT, INSERT, UPDATE ON @db@.fault TO @worker@;
GRANT SELECT, INSERT ON @db@.scope TO @worker@;
GRANT SELECT, INSERT ON @db@.scope_division TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE, DROP ON @db@.interaction TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE, DROP ON @db@.interaction_detail TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE, DROP ON @db@.media TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE, DROP ON @db@.participant TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE, DROP ON @db@.attribute TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE, DROP ON @db@.media_recipient TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @db@.place TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @db@.alias TO @worker@;
GRANT SELECT, INSERT, DELETE ON @db@.media_name TO @worker@;
GRANT SELECT, INSERT, UPDATE ON @db@.zip TO @worker@;
GRANT SELECT ON @db@.tombstone TO @worker@;
GRANT SELECT, INSERT ON @db@.recipient TO @worker@;
GRANT SELECT ON @db@.certificate TO @worker@;
