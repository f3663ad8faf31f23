/** The seal of the record over the admin API: how far it is, and every entry held against the log. Sees no body. */
import type { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { Fault, faultOf } from '#exchange'
import { type Claimed, type ProofLine, parseQuery, type Report, type SealState, type Trail } from '#trail'
import type { Backend } from './api.ts'
import { noteFor } from './readers.ts'

/** What `GET /seal` says. */
export type Seal = SealState & {
  /** The newest anchor that is kept; its proof is not checked here, `gatelog verify` holds its head against the log. */
  readonly claimed?: Claimed
}

/** A line of `GET /verify`: how far it is, then once what it came to, or why not. */
export type Verifying =
  | { readonly done: number; readonly total: number }
  | { readonly report: Report }
  | { readonly fault: { readonly code: string; readonly detail?: string } }

const MOST_HEADS = 16
const EVERY_MS = 100

/** `GET /seal`; `GET /verify?vkey=&head=`: lines of JSON, `head` any number of signed notes. @throws seal.off, trail.* */
export function sealRoutes(app: Hono, trail: Trail): void {
  app.get('/seal', async (c) => {
    const [newest] = (await trail.anchors()).toSorted((a, b) => b.at - a.at)
    const claimed = newest && { by: newest.name, at: newest.at, size: newest.checkpoint.size }
    return c.json({ ...(await trail.sealed()), ...(claimed && { claimed }) } satisfies Seal)
  })
  app.get('/verify', (c) => {
    const vkey = c.req.query('vkey')
    const heads = (c.req.queries('head') ?? []).slice(0, MOST_HEADS)
    c.header('content-type', 'application/jsonl')
    return stream(c, async (out) => {
      let told = 0
      const write = (line: Verifying) => out.write(`${JSON.stringify(line)}\n`)
      const progress = (done: number, total: number) => {
        if (Date.now() - told < EVERY_MS) return
        told = Date.now()
        void write({ done, total })
      }
      await write(await verified(trail, { ...(vkey && { vkey }), heads, progress }))
    })
  })
}

/** A line of `GET /prove`: what the proof is made of, then that it is whole, or why not. */
export type Proving =
  | ProofLine
  | { readonly end: { readonly entries: number } }
  | { readonly fault: { readonly code: string; readonly detail?: string } }

/** `GET /prove?what=&bodies=true`: `what` is an exchange's id or its beginning, `last`, or a query. That it was asked is on the record first. */
export function proofRoutes(app: Hono, { trail, reading, now }: Pick<Backend, 'trail' | 'reading' | 'now'>): void {
  app.get('/prove', async (c) => {
    const what = c.req.query('what') ?? ''
    const bodies = c.req.query('bodies') === 'true'
    const question = await questionOf(trail, what, now())
    await noteFor(reading, (name) => c.req.header(name))('exported', what, 0, { content: bodies, format: 'proof' })
    c.header('content-type', 'application/jsonl')
    return stream(c, async (out) => {
      const write = (line: Proving) => out.write(`${JSON.stringify(line)}\n`)
      let entries = 0
      try {
        for await (const line of trail.prove(question, bodies)) {
          await write(line)
          if ('entry' in line) entries += 1
        }
        await write({ end: { entries } })
      } catch (error) {
        const { code, detail } = faultOf(error)
        await write({ fault: { code, ...(detail !== undefined && { detail }) } })
      }
    })
  })
}

/** @throws trail.absent, query.syntax */
async function questionOf(trail: Trail, what: string, now: number): Promise<Parameters<Trail['prove']>[0]> {
  if (what !== 'last' && !/^[0-9a-f]{8}[0-9a-f-]{0,28}$/.test(what)) return { query: parseQuery(what, now) }
  const found = what === 'last' ? await trail.last() : await trail.exchange(what)
  if (!found) throw new Fault('trail.absent', what)
  return { exchange: found.opening.exchange }
}

async function verified(trail: Trail, options: Parameters<Trail['verify']>[0]): Promise<Verifying> {
  try {
    const report = await trail.verify(options)
    if (!report) throw new Fault('seal.off')
    return { report }
  } catch (error) {
    const { code, detail } = faultOf(error)
    return { fault: { code, ...(detail !== undefined && { detail }) } }
  }
}
