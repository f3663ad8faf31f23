/** A record whose processes are killed: how it is opened, what they said before, and whether it keeps all of their word. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import type { Keyring } from '#exchange'
import type { Trail } from '#trail'
import { startTrail } from '../../src/trail/open.ts'
import { parseQuery } from '../../src/trail/query.ts'
import { signerOf } from '../../src/trail/seal/made.ts'
import type { Store } from '../../src/trail/store.ts'
import { openSqlite } from '../../src/trail/stores/sqlite.ts'

export const NOON = Date.parse('2026-11-24T12:00:00Z')

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}

/** Opens a record as a server would, and closes what the one before left open. */
export async function openKilled(folder: string): Promise<{ trail: Trail; store: Store }> {
  let store: Store | undefined
  const open: typeof openSqlite = async (options) => {
    store = await openSqlite(options)
    return store
  }
  const trail = await startTrail(open, { folder, keyring, now: () => NOON, signer: signerOf() })
  return { trail, store: store as Store }
}

/** What an exchange's bodies say: some of it the same in all, some of it its own. */
export const textOf = (id: string): string => `${'common words of every prompt '.repeat(40)}${id}`.repeat(4)

/** The form of the one line that its reply brought, and that line's fingerprint. */
export const formOf = (id: string): string => `line=of('${id}')`
export const linesOfExchange = (id: string): string[] => [
  keyring.digest('line', '').length > 0
    ? createHmac('sha256', keyring.key('line')).update(formOf(id)).digest('hex').slice(0, 12)
    : '',
]

/** What processes said before they were killed. */
export class Said {
  readonly asked = new Map<string, number>()
  readonly ended = new Map<string, number>()
  readonly bytes = new Map<string, number>()
  readonly marked = new Map<string, number>()
  /** Exchanges that may be gone, and those that must be. */
  readonly erasing = new Set<string>()
  readonly erased = new Set<string>()
  /** Day files that may be gone. */
  readonly purging = new Set<string>()

  take(line: string): void {
    const [word, id = '', number] = line.split(' ')
    if (word === 'asked') this.asked.set(id, Number(number))
    else if (word === 'ended') this.ended.set(id, Number(number))
    else if (word === 'bytes') this.bytes.set(id, Number(number))
    else if (word === 'marked') this.marked.set(id, Number(number))
    else if (word === 'erasing') this.erasing.add(id)
    else if (word === 'erased') this.erased.add(id)
    else if (word === 'purging') this.purging.add(id)
  }

  /** Whether an exchange may be gone: it was to be erased, or its day's file to be removed. */
  #mayBeGone(id: string): boolean {
    const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
    return this.erasing.has(id) || this.purging.has(`${new Date(time).toISOString().slice(0, 10)}.1d.db`)
  }

  /** Holds a record to every promise: entries, bodies, bytes in flight, indexes, documents. How many exchanges there are. */
  async holds(folder: string): Promise<number> {
    const { trail, store } = await openKilled(folder)
    try {
      for (const [id, seq] of this.asked) await this.#exchange(trail, store, id, seq)
      for (const id of this.erased) assert.equal(await trail.exchange(id), undefined, `${id} was erased and is there`)
      for (const [id, round] of this.marked) {
        const kept = (await trail.documents.get('mark', id)) as { round: number } | undefined
        assert.ok(kept && kept.round >= round, `document ${id} is older than was promised`)
      }
      const sealed = await trail.sealed()
      assert.ok(sealed.kind === 'on' && !sealed.fault, `the log: ${JSON.stringify(sealed)}`)
      const { exchanges } = await trail.find(parseQuery('prompt', NOON), { limit: 100_000 })
      const found = new Set(exchanges.map(({ exchange }) => exchange))
      for (const id of this.asked.keys()) assert.ok(found.has(id) || this.#mayBeGone(id), `${id} is not in the index`)
      assert.ok(
        exchanges.every(({ kind }) => kind !== 'asked'),
        'an exchange is open',
      )
      return exchanges.length
    } finally {
      await trail.close()
    }
  }

  async #exchange(trail: Trail, store: Store, id: string, seq: number): Promise<void> {
    const kept = await trail.exchange(id)
    if (!kept) return assert.ok(this.#mayBeGone(id), `${id} was acknowledged and is lost`)
    assert.equal(kept.seq, seq)
    // A removal that was cut short has destroyed the keys, and the next one removes the file.
    if (kept.unreadable && this.#mayBeGone(id)) return
    assert.equal(Buffer.from(kept.opening.body?.bytes ?? []).toString(), textOf(id), `the prompt of ${id}`)
    assert.ok(kept.ending, `${id} has no ending`)
    const reply = Buffer.from(kept.ending.body?.bytes ?? []).toString()
    if (this.ended.has(id)) assert.equal(kept.ending.kind, 'replied')
    if (kept.ending.kind === 'replied') {
      assert.equal(reply, `reply ${textOf(id)}`)
      const [origin] = await store.lines(linesOfExchange(id), 1)
      assert.equal(origin?.exchange, id, `the line of ${id} is not found`)
    } else {
      const flown = Array.from({ length: this.bytes.get(id) ?? 0 }, (_, at) => `piece ${at + 1} of ${id} `).join('')
      assert.ok(reply.startsWith(flown), `${id} lost bytes in flight`)
    }
  }
}
