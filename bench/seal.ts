/** What sealing an entry costs and how fast a record is verified: CPU time of this process, over a synthetic record of its own. */
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Keyring } from '../src/exchange/index.ts'
import { openTrail } from '../src/trail/index.ts'
import { commitmentsOf, printLeaf } from '../src/trail/seal/leaf.ts'
import { signerOf } from '../src/trail/seal/made.ts'
import { bodyOf, ending, idOf, NOON, opening } from '../src/trail/stores/made.ts'

const ENTRIES = Number(process.argv[2] ?? 100_000)
const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const say = (text: string) => void process.stdout.write(`${text}\n`)
const cpuMs = (since: NodeJS.CpuUsage) => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

const opened = (nth: number) =>
  opening(idOf(nth), {
    session: `s${nth % 500}`,
    actor: { id: 'ana', kind: 'person', name: 'Ana', groups: ['team'] } as never,
    ...{ connection: 'copilot', model: 'gpt-5', key: 'k1', credential: 'c'.repeat(64) },
    facts: {
      client: { value: 'copilot-chat/1.2', source: 'declared' },
      repository: { value: 'acme/web', source: 'declared' },
    },
    body: bodyOf(`the prompt of exchange ${nth} ${'and what else it says '.repeat(20)}`),
  })

/** Leaves alone: what the store's thread does for each entry. Medians of five runs. */
function leaves(): void {
  const entry = JSON.parse(JSON.stringify({ ...opened(1), body: { type: 'text/plain', received: 'r', sent: 's' } }))
  const json = JSON.stringify(entry)
  const [root, body] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const runs = Array.from({ length: 6 }, () => {
    const since = process.cpuUsage()
    for (let nth = 0; nth < 10_000; nth++) {
      const parsed = JSON.parse(json)
      printLeaf(nth, parsed, commitmentsOf(parsed, root, body))
    }
    return cpuMs(since) / 10
  })
  const [, , , median = 0] = runs.slice(1).sort((a, b) => a - b)
  say(`a leaf: ${median.toFixed(1)} µs CPU, ${printLeaf(1, entry, commitmentsOf(entry, root, body)).length} bytes`)
}

async function filled(folder: string, sealing: boolean): Promise<number> {
  const trail = await openTrail({ folder, keyring, now: () => NOON, ...(sealing && { signer: signerOf() }) })
  const since = process.cpuUsage()
  for (let nth = 0; nth < ENTRIES / 2; nth += 500) {
    const some = Array.from({ length: Math.min(500, ENTRIES / 2 - nth) }, (_, at) => nth + at)
    await Promise.all(some.map((each) => trail.append(opened(each))))
    await Promise.all(some.map((each) => trail.append(ending(idOf(each), { body: bodyOf(`the reply to ${each}`) }))))
  }
  await trail.close()
  return (1000 * cpuMs(since)) / ENTRIES
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-bench-seal-'))
  try {
    leaves()
    const bare = await filled(join(folder, 'bare'), false)
    const sealed = await filled(join(folder, 'sealed'), true)
    say(`an append of ${ENTRIES}: ${bare.toFixed(1)} µs CPU without a seal, ${sealed.toFixed(1)} µs with it`)
    const trail = await openTrail({ folder: join(folder, 'sealed'), keyring, now: () => NOON })
    const since = process.cpuUsage()
    const began = performance.now()
    const report = await trail.verify({ vkey: signerOf().vkey })
    const [cpu, wall] = [cpuMs(since), performance.now() - began]
    await trail.close()
    if (!report?.ok || report.counts.verified !== ENTRIES) throw new Error(JSON.stringify(report))
    const perMillion = (ms: number) => ((ms * 1000) / ENTRIES).toFixed(1)
    say(
      `verify: ${ENTRIES} entries in ${(wall / 1000).toFixed(1)} s, ${(cpu / 1000).toFixed(1)} s CPU; a million: ${perMillion(wall)} s, ${perMillion(cpu)} s CPU on two cores`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
