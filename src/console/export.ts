/** Rows of the record as they are read, one line of JSON each, for whoever exports them. Holds one page and one body at a time. */
import type { Context, Hono } from 'hono'
import { stream } from 'hono/streaming'
import { Fault, faultOf } from '#exchange'
import { FORMATS, marksOf, type Row, rowOf } from '#export'
import { parseQuery, type Query } from '#trail'
import type { Backend } from './api.ts'
import { noteFor } from './readers.ts'

type House = Pick<Backend, 'trail' | 'reading' | 'log' | 'now'>

const PAGE = 100

/** The last line of every answer; without it the rows are not all there. */
type Last =
  | { readonly end: { readonly rows: number } }
  | { readonly fault: { readonly code: string; readonly detail?: string } }

/**
 * `GET /export?q=&format=&bodies=true`: rows, newest first, then one line that says that they are all, or why not. That it
 * was asked is on the record before the first row leaves. @throws query.syntax, usage.option, trail.*
 */
export function exportRoutes(app: Hono, house: House): void {
  app.get('/export', async (c) => {
    const text = c.req.query('q') ?? ''
    const content = c.req.query('bodies') === 'true'
    const format = c.req.query('format') ?? 'jsonl'
    if (!Object.hasOwn(FORMATS, format))
      throw new Fault('usage.option', `format is one of ${Object.keys(FORMATS).join(', ')}`)
    const query = parseQuery(text, house.now())
    const note = noteFor(house.reading, (name) => c.req.header(name))
    const noted = (count: number) => note('exported', text, count, { content, format })
    await noted(0)
    return answered(c, rowsOf(house, query, content), noted)
  })
}

function answered(c: Context, source: AsyncIterable<Row>, noted: (count: number) => Promise<void>): Response {
  c.header('content-type', 'application/jsonl')
  return stream(c, async (out) => {
    const gone = new AbortController()
    out.onAbort(() => gone.abort())
    let rows = 0
    let last: Last
    try {
      for await (const row of source) {
        if (gone.signal.aborted) break
        await out.write(`${JSON.stringify(row)}\n`)
        rows += 1
      }
      await noted(rows)
      last = { end: { rows } }
    } catch (error) {
      const { code, detail } = faultOf(error)
      last = { fault: { code, ...(detail !== undefined && { detail }) } }
    }
    await out.write(`${JSON.stringify(last)}\n`)
  })
}

async function* rowsOf({ trail, log }: House, query: Query, content: boolean): AsyncIterable<Row> {
  let before: string | undefined
  do {
    const page = await trail.recorded(query, { limit: PAGE, ...(before !== undefined && { before }) })
    const seqs = page.rows.flatMap(({ seq, closing }) => (closing === undefined ? [seq] : [seq, closing]))
    const marks = marksOf(await trail.marks(seqs, content))
    for (const recorded of page.rows) {
      const whole = content && !recorded.forged ? await trail.exchange(recorded.opening.exchange) : recorded
      if (whole) yield rowOf(whole.seq === recorded.seq ? whole : recorded, log?.(), marks)
    }
    before = page.next
  } while (before !== undefined)
}
