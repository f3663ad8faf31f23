// The clients, in a process of their own so that their CPU is nobody's. Reads one job per line on stdin, answers one
// line of JSON for each: how long it took, when first bytes came, how late events were.
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'

/** What is to be sent: `bodies` in turn, `count` in all, `wide` at a time. */
export interface Job {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: readonly string[]
  readonly count: number
  readonly wide: number
}

/** Milliseconds; `first` per request, `late` per stamped event, with the event's number. */
export interface Done {
  readonly ms: number
  readonly failed: number
  readonly first: readonly number[]
  readonly late: readonly (readonly [ms: number, nth: number])[]
}

const agent = new Agent({ keepAlive: true, maxSockets: 10_000 })

function one(job: Job, at: number, done: { first: number[]; late: [number, number][] }): Promise<boolean> {
  const body = job.bodies[at % job.bodies.length] ?? ''
  const headers = { ...job.headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const began = performance.now()
  let first: number | undefined
  return new Promise((resolve) => {
    const asked = request(job.url, { method: 'POST', agent, headers }, (answer) => {
      answer.on('data', (part: Buffer) => {
        first ??= performance.now() - began
        const now = Number(process.hrtime.bigint() / 1000n)
        if (part.includes('"sent"'))
          for (const [, sent, nth] of part.toString().matchAll(/"sent":(\d+),"nth":(\d+)/g))
            done.late.push([(now - Number(sent)) / 1000, Number(nth)])
      })
      answer.on('end', () => {
        done.first.push(first ?? performance.now() - began)
        resolve(answer.statusCode === 200)
      })
      answer.on('error', () => resolve(false))
    })
    asked.on('error', () => resolve(false))
    asked.end(body)
  })
}

async function run(job: Job): Promise<Done> {
  const done = { first: [] as number[], late: [] as [number, number][] }
  let [next, failed] = [0, 0]
  const began = performance.now()
  const lane = async () => {
    while (next < job.count) if (!(await one(job, next++, done))) failed++
  }
  await Promise.all(Array.from({ length: job.wide }, lane))
  return { ms: performance.now() - began, failed, ...done }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { url, headers, bodies, count, wide } = JSON.parse(line) as Job
  process.stdout.write(`${JSON.stringify(await run({ url, headers, bodies, count, wide }))}\n`)
}
