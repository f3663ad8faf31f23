/** Bodies that were written anew: a sealed entry must say so each time, and of the last time what the body is now. Reads no file. */
import type { Account, Note } from './account.ts'
import { ENDINGS, type Json, type Leaf, type Line } from './form.ts'
import type { Gone } from './gone.ts'
import { bytesOf } from './log.ts'
import { saysNotWhat } from './told.ts'

const SALT_BYTES = 32

/** What an entry says of the body of this leaf: `unsaid` where an erasure of an earlier version may have cut it. */
function saidOf(said: Json, leaf: Leaf): Json | 'unsaid' | undefined {
  if (saysNotWhat(said)) return 'unsaid'
  const part = ENDINGS.some((kind) => kind === leaf.kind) ? 'reply' : 'prompt'
  const told = said['kind'] === 'redact' ? said['bodies'] : said['kind'] === 'erase' ? said['cut'] : undefined
  const listed = (Array.isArray(told) ? told : []) as readonly Json[]
  return listed.find((one) => one['exchange'] === leaf.exchange && one['part'] === part)
}

export interface Rewritten {
  readonly anew: NonNullable<Line['anew']>
  readonly leaf: Leaf
  /** What its body commits to under a salt (base64); undefined where none is shown. */
  readonly commits: ((salt: string) => string) | undefined
}

/** 1 where the body is shown and is what the newest of those entries says; else 0. Each problem is told to `wrong`. */
export function checkAnew(
  { anew, leaf, commits }: Rewritten,
  { account, gone }: { readonly account: Account; readonly gone: Gone },
  wrong: (what: string) => void,
): number {
  if (anew.some(({ salt }) => salt !== undefined && bytesOf(salt).length !== SALT_BYTES)) {
    wrong(`a salt of a body that was written anew has not ${SALT_BYTES} bytes`)
    return 0
  }
  if (new Set(anew.map(({ by }) => by)).size < anew.length) {
    wrong('one entry is named twice to have written its body anew')
    return 0
  }
  let last: { readonly note: Note; readonly own: Json | 'unsaid'; readonly salt?: string } | undefined
  for (const { by, salt } of anew) {
    const note = account.note(by)
    const own = note && saidOf(note.said, leaf)
    if (!note || !own) {
      wrong('its body was written anew, and no entry that is here says so')
      return 0
    }
    if (own === 'unsaid') gone.cut(by, leaf)
    if (!last || note.number > last.note.number) last = { note, own, ...(salt !== undefined && { salt }) }
  }
  if (!commits || !last || last.own === 'unsaid') return 0
  const { own, salt } = last
  if (salt !== undefined && commits(salt) === own['commitment']) return 1
  wrong('its body is not what it was masked anew to')
  return 0
}
