/** The tables of a day's file, and how a file of an earlier version becomes one of this. Reads no body. */
import type { Opening } from '#exchange'
import { parseEntry } from '../../entries.ts'
import { openingFacets } from '../../facets.ts'
import type { File, Format } from './file.ts'
import { Terms } from './terms.ts'

/** The columns of an exchange that hold the number of a term. */
export const TERM_KEYS = [
  ...(['user', 'client', 'connection', 'model', 'verdict', 'repo', 'session'] as const),
  ...(['github', 'language', 'commit'] as const),
] as const

const OUTCOMES = 'CREATE TABLE outcomes(of INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(of, seq)) WITHOUT ROWID'

/** Which key each session writes with, 0 for none; and keys that nothing is under any more. */
const KEYS = `CREATE TABLE keys(session INTEGER PRIMARY KEY, key INTEGER NOT NULL);
    CREATE TABLE doomed(key INTEGER PRIMARY KEY)`

/** Entries that were erased, with their exchange where they had one; bodies that were written anew. `by`: the entry that says so. */
const REVISED = `CREATE TABLE erased(seq INTEGER PRIMARY KEY, exchange TEXT NOT NULL, "by" TEXT NOT NULL);
    CREATE INDEX erased_exchange ON erased(exchange);
    CREATE TABLE redacted(seq INTEGER NOT NULL, "by" TEXT NOT NULL, salt BLOB NOT NULL, findings TEXT NOT NULL,
      PRIMARY KEY(seq, "by")) WITHOUT ROWID`

/** By the seq of the ending, its units under the session's key. `unprinted`: their lines are not in the index yet. */
const EDITS = [
  'CREATE TABLE edits(seq INTEGER PRIMARY KEY, units BLOB NOT NULL, key INTEGER NOT NULL, prints BLOB NOT NULL)',
  'CREATE TABLE unprinted(seq INTEGER PRIMARY KEY)',
  "CREATE VIRTUAL TABLE prints USING fts5(print, content='', contentless_delete=1, detail=none, tokenize='ascii')",
]

/** By the seq of its entry: what was received, sealed to a key that is not here. */
const ORIGINALS = 'CREATE TABLE originals(seq INTEGER PRIMARY KEY, key INTEGER NOT NULL, bytes BLOB NOT NULL)'

/** `seq` of an exchange is that of its opening. Words: row 2·seq is the prompt's, 2·seq + 1 the reply's. */
export const FORMAT: Format = {
  version: 9,
  pageSize: 2048,
  schema: `
    CREATE TABLE entries(seq INTEGER PRIMARY KEY, json TEXT NOT NULL, salt BLOB);
    CREATE TABLE bodies(seq INTEGER PRIMARY KEY, coding INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL,
      key INTEGER);
    CREATE TABLE exchanges(seq INTEGER PRIMARY KEY, exchange TEXT NOT NULL UNIQUE, closing INTEGER, at INTEGER NOT NULL,
      user INTEGER, client INTEGER, connection INTEGER, model INTEGER, verdict INTEGER, repo INTEGER, session INTEGER,
      outcome TEXT, findings INTEGER NOT NULL, masked INTEGER NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL,
      github INTEGER, language INTEGER, "commit" INTEGER);
    CREATE INDEX exchanges_user ON exchanges(user) WHERE user IS NOT NULL;
    CREATE INDEX exchanges_session ON exchanges(session) WHERE session IS NOT NULL;
    CREATE INDEX exchanges_open ON exchanges(seq) WHERE outcome IS NULL;
    CREATE TABLE terms(id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE(key, value));
    CREATE TABLE rules(term INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(term, seq)) WITHOUT ROWID;
    CREATE TABLE gaps(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL);
    CREATE INDEX gaps_kind ON gaps(kind, seq);
    CREATE TABLE flight(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL, sealed INTEGER NOT NULL);
    CREATE TABLE unindexed(id INTEGER PRIMARY KEY, flow BLOB NOT NULL, runs BLOB NOT NULL);
    CREATE VIRTUAL TABLE words USING fts5(flow, runs, content='', columnsize=0, detail=full, tokenize='ascii');
    ${OUTCOMES};
    ${KEYS};
    ${REVISED};
    ${EDITS.join(';\n    ')};
    ${ORIGINALS}`,
  upgrades: {
    1: { does: 'nothing: only its number changes', run: () => undefined },
    2: { does: 'outcomes; language, commit and files can be sought', rows: 'exchanges', run: outcomesAndPlaces },
    3: { does: 'lines of no exchange by their kind', rows: 'gaps', run: kindsOfNotes },
    4: { does: 'which key each row is under', run: keys },
    5: { does: 'erasures and redactions', run: revised },
    6: { does: 'what replies brought', run: edits },
    7: { does: 'a salt for each entry', run: salts },
    8: { does: 'sealed originals', run: originals },
  },
}

/** The same for a file that holds a few notes a day and never an exchange. */
export const NOTES_FORMAT: Format = { ...FORMAT, pageSize: 512 }

/** From version 2: outcomes get a table, and what the entries told of language, commit and files can be sought. */
function outcomesAndPlaces(file: File): void {
  for (const column of ['github', 'language', '"commit"'])
    file.run(`ALTER TABLE exchanges ADD COLUMN ${column} INTEGER`)
  file.run(OUTCOMES)
  const terms = new Terms(file)
  const rows = file.all<{ seq: number; json: string }>('SELECT seq, json FROM exchanges JOIN entries USING (seq)')
  for (const { seq, json } of rows) {
    const { facets, many } = openingFacets(parseEntry<Opening>(json, undefined))
    if (facets.language === undefined && facets.commit === undefined && !many.file) continue
    const values = [terms.id('language', facets.language), terms.id('commit', facets.commit)]
    file.run('UPDATE exchanges SET language = ?, "commit" = ? WHERE seq = ?', ...values, seq)
    terms.mark({ ...(many.file && { file: many.file }) }, seq)
  }
}

/** From version 3: what belongs to no exchange is found by its kind, for reads are many. */
function kindsOfNotes(file: File): void {
  file.run("ALTER TABLE gaps ADD COLUMN kind TEXT NOT NULL DEFAULT ''")
  file.run("UPDATE gaps SET kind = (SELECT json_extract(json, '$.kind') FROM entries WHERE entries.seq = gaps.seq)")
  file.run('CREATE INDEX gaps_kind ON gaps(kind, seq)')
}

/** From version 4: rows say under which key they are. What was written before lies open, and `key` is null. */
function keys(file: File): void {
  file.run('ALTER TABLE bodies ADD COLUMN key INTEGER')
  file.run('ALTER TABLE flight ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0')
  for (const table of KEYS.split(';')) file.run(table)
}

/** From version 5: exchanges can be erased, and bodies written anew. */
function revised(file: File): void {
  for (const statement of REVISED.split(';')) file.run(statement)
}

/** From version 6: what replies brought gets tables; of those that were written before nothing is derived. */
function edits(file: File): void {
  for (const sql of EDITS) file.run(sql)
}

/** From version 7: an entry is sealed with a salt of its own; those that were written before get theirs when they are. */
function salts(file: File): void {
  file.run('ALTER TABLE entries ADD COLUMN salt BLOB')
}

/** From version 8: originals that are sealed to a key elsewhere get a table. */
function originals(file: File): void {
  file.run(ORIGINALS)
}
