/** What `doctor` says of every sink: whether it delivers, and how far it is behind. Delivers nothing. */
import type { CheckRow } from '#console'
import type { AnchorStanding, Standing } from '#export'
import { type ToldAnchor, toldAnchor } from '#trail'

/** Entries older than this that are not delivered are worth a word, ms. */
const LATE_MS = 300_000

export const sinkChecks = (standings: readonly Standing[], now: number): CheckRow[] =>
  standings.map((standing) => checkOf(standing, now))

function checkOf(standing: Standing, now: number): CheckRow {
  const { name, kind, behind, oldest, fault, since, untaken, owed } = standing
  const check = `export ${name}`
  const owes = owed === 0 ? '' : `; ${owed} entries are sent again once they are sealed`
  const waits =
    (behind === 0
      ? 'all is delivered'
      : `${behind} entries wait${oldest === undefined ? '' : `, the oldest for ${ago(now - oldest)}`}`) + owes
  if (fault !== undefined) {
    const told = `${fault}; so for ${ago(now - (since ?? now))}; ${waits}`
    return {
      check,
      state: 'fail',
      told,
      remedy: 'Nothing is lost and traffic goes on; what waits is sent once it is taken.',
    }
  }
  if (untaken.length > 0) return { check, state: 'warn', told: `${waits}; ${toldUntaken(untaken)}`, remedy: OFFERED }
  const late = behind > 0 && oldest !== undefined && now - oldest > LATE_MS
  const remedy = kind
    ? 'It is catching up, or slower than what is recorded.'
    : 'No server runs; the next one goes on from there.'
  return { check, state: late ? 'warn' : 'ok', told: waits, ...(late && { remedy }) }
}

const OFFERED = 'They are offered again when the sink is opened anew: mend the receiver, then start the server anew.'

const MOST_NAMED = 3

function toldUntaken(untaken: Standing['untaken']): string {
  const named = untaken.slice(0, MOST_NAMED).map(({ id, why }) => `${id} (${why})`)
  return `${untaken.length} rows were never taken and are passed over: ${named.join(', ')}${untaken.length > MOST_NAMED ? ', …' : ''}`
}

function ago(ms: number): string {
  if (ms < 120_000) return `${Math.max(0, Math.round(ms / 1000))} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}

/** Each anchor: what came of its last proof, and why it anchors no more where it fails. */
export const anchorChecks = (standings: readonly AnchorStanding[], told: readonly ToldAnchor[]): CheckRow[] =>
  standings.map(({ name, fault }) => {
    const check = `anchor ${name}`
    const last = told.find(({ by }) => by === name)
    const until = last === undefined ? 'nothing is anchored yet' : toldAnchor(last)
    if (fault === undefined) return { check, state: last?.state === 'checked' ? 'ok' : 'warn', told: until }
    const remedy = 'Traffic and sealing go on; the newest head is shown once it answers.'
    return { check, state: 'fail', told: `${fault}; ${until}`, remedy }
  })
