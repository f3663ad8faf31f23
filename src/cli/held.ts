/** A record that another process has open just now: a server that starts holds it before it answers. Waits for either, a moment; begins nothing twice. */
import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '#exchange'
import type { Record } from './remote.ts'

/** So long it is waited for, and so often tried, in ms. */
const HELD = { most: 5000, each: 200 } as const

/**
 * Asks `own`, which opens the record as it is asked first; while that is refused, whoever answers meanwhile.
 * @param served the running server's, if one answers
 */
export function patient(own: Record, served: () => Promise<Record | undefined>): Record {
  let record = own
  const ask = async <Answer>(work: (record: Record) => Promise<Answer>): Promise<Answer> => {
    for (const until = performance.now() + HELD.most; ; ) {
      try {
        return await work(record)
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'trail.locked' || performance.now() > until) throw error
      }
      await wait(HELD.each)
      record = (await served()) ?? own
    }
  }
  return {
    get: (path) => ask((from) => from.get(path)),
    send: (method, path, body) => ask((from) => from.send(method, path, body)),
    follow: (path, line) => record.follow(path, line),
    async *lines(path) {
      const [lines, first] = await ask(async (from) => {
        const lines = from.lines(path)[Symbol.asyncIterator]()
        return [lines, await lines.next()] as const
      })
      for (let next = first; !next.done; next = await lines.next()) yield next.value
    },
    close: () => own.close(),
  }
}
