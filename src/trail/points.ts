/** Named places at which a test ends the process as a crash would. Does nothing where the environment names none. */

/** Every place, in the order of what happens there. A new step between two that must be durable gets one too. */
export const POINTS = [
  ...(['commit.begun', 'commit.written', 'commit.durable', 'index.written', 'index.durable'] as const),
  ...(['checkpoint.begun', 'checkpoint.done', 'document.written', 'document.durable'] as const),
  ...(['revise.unworded', 'revise.written', 'revise.durable', 'revise.condensed'] as const),
  ...(['anew.copied', 'anew.closed', 'anew.replaced', 'revise.scrubbed'] as const),
  ...(['rekey.renewed', 'rekey.some', 'rekey.written', 'rekey.durable', 'rekey.buried'] as const),
  ...(['purge.shredded', 'purge.removed'] as const),
  ...(['seal.added', 'seal.tiles', 'seal.signed', 'seal.written', 'seal.published', 'seal.tidied'] as const),
] as const
export type Point = (typeof POINTS)[number]

/** `commit.durable:17`: the seventeenth time that it is reached. */
const [wanted, nth] = (process.env['GATELOG_KILL_AT'] ?? '').split(':')
let left = Number(nth) || 1

/** Places of a migration, which a record that was made by this version never reaches. */
export type MigrationPoint = 'migrate.written' | 'migrate.durable'

/** Places where a key is given up for lost. */
export type LostPoint = 'lost.begun' | 'lost.noted' | 'lost.proven' | 'lost.over'

export const lostPoint = (name: LostPoint): void => reached(name)

export const migrationPoint = (name: MigrationPoint): void => reached(name)

/** Marks a place. */
export const point = (name: Point): void => reached(name)

function reached(name: Point | MigrationPoint | LostPoint): void {
  if (name !== wanted || --left > 0) return
  process.kill(process.pid, 'SIGKILL')
  // A signal to one's own process may take a moment; nothing happens after it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
