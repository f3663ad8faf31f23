/** Statements that make a day's file what an earlier version left. For tests. */

/** A day's file as version 2 left it. */
export const EARLIER = `
  ALTER TABLE exchanges DROP COLUMN github; ALTER TABLE exchanges DROP COLUMN language;
  ALTER TABLE exchanges DROP COLUMN "commit"; DROP TABLE outcomes;
  DROP TABLE originals; DROP TABLE edits; DROP TABLE unprinted; DROP TABLE prints;
  DROP INDEX gaps_kind; ALTER TABLE gaps DROP COLUMN kind;
  DELETE FROM rules WHERE term IN (SELECT id FROM terms WHERE key = 'file');
  DELETE FROM terms WHERE key IN ('file', 'language', 'commit', 'github');
  ALTER TABLE entries DROP COLUMN salt; DROP TABLE erased; DROP TABLE redacted;
  DROP TABLE keys; DROP TABLE doomed; ALTER TABLE flight DROP COLUMN sealed;
  UPDATE bodies SET bytes = CAST('a prompt' AS BLOB); ALTER TABLE bodies DROP COLUMN key;
  PRAGMA user_version=2`
