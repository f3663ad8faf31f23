/** Cases for every store: bodies that repeat what their session sent before come back as they were. Never used by the product. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Entry, Fault, Like, Opening } from '#exchange'
import { likeness } from '../likeness.ts'
import type { Store } from '../store.ts'

/** What the table of cases makes its entries with. */
interface Make {
  idOf(count: number, at?: number): string
  opening(exchange: string, more: Partial<Opening>): Opening
  readonly noon: number
}

/** One prompt: which bytes of the one before it are taken out, what stands there instead, and what it tells the store. */
interface Turn {
  readonly from: number
  readonly to: number
  readonly fresh: string
  readonly session: 'a' | 'b'
  readonly told: 'like' | 'nothing' | 'like a stranger'
  readonly nextDay: boolean
}

const turn: fc.Arbitrary<Turn> = fc.record({
  from: fc.nat(12_000),
  to: fc.nat(12_000),
  fresh: fc.tuple(fc.string({ maxLength: 40, unit: 'binary' }), fc.nat(300)).map(([text, times]) => text.repeat(times)),
  session: fc.constantFrom('a', 'a', 'a', 'b'),
  told: fc.constantFrom('like', 'like', 'nothing', 'like a stranger'),
  nextDay: fc.boolean(),
})

const FIRST = Array.from({ length: 800 }, (_, at) => `line ${at} of it\n`).join('')

async function commit(store: Store, entry: Entry): Promise<number | Fault | undefined> {
  return (await store.commit({ entries: [entry], pieces: [] })).outcomes[0]
}

/** Sessions whose bodies are cut and grown anywhere are read back byte by byte, whatever the store was told of them. */
export async function repeatsComeBack(store: Store, { idOf, opening, noon }: Make): Promise<void> {
  let count = 0
  const one = async (turns: readonly Turn[]) => {
    const kept: { id: string; bytes: Buffer; session: string }[] = []
    for (const { from, to, fresh, session, told, nextDay } of turns) {
      const before = kept.findLast((each) => each.session === session)
      const text = before?.bytes ?? Buffer.from(FIRST)
      const [start, end] = [Math.min(from, to, text.length), Math.min(Math.max(from, to), text.length)]
      const bytes = Buffer.concat([text.subarray(0, start), Buffer.from(fresh), text.subarray(end)])
      const other = told === 'like a stranger' ? kept.findLast((each) => each.session !== session) : before
      const like: Like | undefined = other && { exchange: other.id, ...likeness(other.bytes, bytes) }
      const id = idOf(++count, noon + (nextDay ? 86_400_000 : 0))
      const body = { bytes, type: '', received: '', sent: '' }
      const said = { ...(like && told !== 'nothing' && { like }), session, body }
      assert.equal(typeof (await commit(store, opening(id, said))), 'number')
      kept.push({ id, bytes, session })
    }
    for (const { id, bytes } of kept) {
      const { opening: read } = (await store.exchange(id)) ?? {}
      assert.ok(read?.body && Buffer.compare(read.body.bytes, bytes) === 0, id)
      assert.ok(!('like' in read))
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(turn, { minLength: 2, maxLength: 12 }), one), { numRuns: 20 })
}

/** A body that is said to be like one that is nowhere is taken all the same, and the entries beside it too. */
export async function unknownLikesAreTaken(store: Store, { idOf, opening }: Make): Promise<void> {
  const bytes = Buffer.from(FIRST)
  const body = { bytes, type: '', received: '', sent: '' }
  const like = { exchange: idOf(99), prefix: 5000, suffix: 5000 }
  const entries = [
    opening(idOf(1), { session: 's' }),
    opening(idOf(2), { session: 's', body, like }),
    opening(idOf(3), {}),
  ]
  const { outcomes } = await store.commit({ entries, pieces: [] })
  assert.deepEqual([...outcomes].sort(), [1, 2, 3])
  const read = await store.exchange(idOf(2))
  assert.ok(read?.opening.body && Buffer.compare(read.opening.body.bytes, bytes) === 0)
}
