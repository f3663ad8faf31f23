/** Synthetic exchanges for `bench:trail`, the same in every run, and a trail to put them in. Measures nothing. */
import { createHash, createHmac } from 'node:crypto'
import type { Ending, Keyring, Opening } from '../../src/exchange/index.ts'
import { openTrail, type Trail } from '../../src/trail/index.ts'
import { signerOf } from '../../src/trail/seal/made.ts'
import { bodyOf, ending, finding, idOf, NOON, opening } from '../../src/trail/stores/made.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}

/** Sealed and encrypted as ever. */
export const opened = (folder: string): Promise<Trail> =>
  openTrail({ folder, keyring, now: () => NOON, signer: signerOf() })

/** Words as a text has them: few that are everywhere, many that are rare. */
let state = 1
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
const word = () => `word${Math.floor(20_000 ** random())}`
const text = (count: number) => Array.from({ length: count }, word).join(' ')

/** What comes from here on is the same, whatever came before. */
const seed = (from: number): void => {
  state = Math.imul(from + 1, 2_654_435_761) >>> 0
}

/** The nth exchange is asked, at so many ms since the epoch. */
export function asked(nth: number, at = NOON + nth): Opening {
  const prompt = text(40)
  return opening(idOf(nth, at), {
    at,
    session: `s${Math.floor(nth / 8)}`,
    actor: { id: `user${nth % 200}`, kind: 'person', name: `User ${nth % 200}`, groups: [] } as never,
    ...{ connection: nth % 3 ? 'copilot' : 'claude', model: `model-${nth % 7}`, key: 'k1' },
    facts: {
      client: { value: `client/${nth % 9}`, source: 'declared' },
      repository: { value: `acme/repo${nth % 50}`, source: 'declared' },
    },
    findings: nth % 100 ? [] : [finding('github-pat', true, `f${nth}`)],
    body: bodyOf(prompt),
    text: prompt,
  })
}

/** Its reply. */
export function replied(nth: number, at = NOON + nth): Ending {
  const reply = text(40)
  return ending(idOf(nth, at), { at: at + 5, body: bodyOf(reply), text: reply })
}

/** Exchanges that are put in at once: all of them asked, then all of them answered. */
export const LOT = 500

/** The lot of exchanges that begins with the nth, of `total`. */
async function put(trail: Trail, from: number, total: number, at: (nth: number) => number): Promise<void> {
  seed(from)
  const some = Array.from({ length: Math.min(LOT, total - from) }, (_, offset) => from + offset)
  const lot = some.map((nth) => [asked(nth, at(nth)), replied(nth, at(nth))] as const)
  await Promise.all(lot.map(([opening]) => trail.append(opening)))
  await Promise.all(lot.map(([, ending]) => trail.append(ending)))
}

/** All exchanges from the nth on, some lots at a time and each begun in its turn; `goes` is asked before each whether it goes on. */
export async function putAll(
  trail: Trail,
  [from, total]: readonly [number, number],
  at: (nth: number) => number,
  goes: (nth: number) => boolean = () => true,
): Promise<void> {
  let next = from
  const line = async () => {
    while (next < total && goes(next)) {
      const own = next
      next += LOT
      await put(trail, own, total, at)
    }
  }
  await Promise.all(Array.from({ length: 4 }, line))
}
