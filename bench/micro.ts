// The cost of a streamed event inside one process, without sockets or a disk: reading and masking alone. For profiles.
// `node bench/micro.ts [rounds]`
import { compile, RULES } from '#masking'
import { PROTOCOLS } from '#wire'
import { Reply } from '../src/gateway/reply.ts'
import { median } from './statistics.ts'
import { deltasOf, eventOf } from './words.ts'

const EVENTS = 400
const PER_CHUNK = 8
const engine = compile(RULES)

/** One stream, in chunks as a socket brings them. */
function chunksOf(protocol: string, four: boolean, perChunk: number): Buffer[] {
  const deltas = deltasOf(EVENTS, four)
  return Array.from({ length: EVENTS / perChunk }, (_, at) =>
    Buffer.from(
      deltas
        .slice(at * perChunk, (at + 1) * perChunk)
        .map((text, nth) => eventOf(protocol, text, at * perChunk + nth))
        .join(''),
    ),
  )
}

function cost(name: string, chunks: readonly Buffer[], streams: number): number {
  const protocol = PROTOCOLS.find((each) => each.name === name)
  const began = process.cpuUsage()
  for (let nth = 0; nth < streams; nth++) {
    const reply = new Reply({ protocol, engine, eventBytes: 1e7 })
    for (const chunk of chunks) reply.push(chunk)
    reply.end()
  }
  const { user, system } = process.cpuUsage(began)
  return (user + system) / (streams * EVENTS)
}

const rounds = Number(process.argv[2] ?? 7)
for (const name of ['chat', 'responses', 'messages'])
  for (const four of [false, true])
    for (const perChunk of [PER_CHUNK, 1]) {
      const chunks = chunksOf(name, four, perChunk)
      cost(name, chunks, 200)
      const costs = Array.from({ length: rounds }, () => cost(name, chunks, 200))
      process.stdout.write(
        `${name}, ${four ? 'four characters' : 'words'}, ${perChunk} a chunk: ${median(costs).toFixed(2)} µs an event\n`,
      )
    }
