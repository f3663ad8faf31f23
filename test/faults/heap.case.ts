/** Loaded before a gateway: told so by its parent, it collects all garbage and writes what is left of every heap to files. */
import { channel } from 'node:diagnostics_channel'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { getHeapSnapshot, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Worker } from 'node:worker_threads'

const workers: Worker[] = []
channel('worker_threads').subscribe((message) => void workers.push((message as { worker: Worker }).worker))

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

process.on('message', ({ folder }: { folder: string }) => {
  collect()
  const main = pipeline(getHeapSnapshot(), createWriteStream(join(folder, 'main.heapsnapshot')))
  const others = workers.map(async (worker, nth) =>
    pipeline(await worker.getHeapSnapshot(), createWriteStream(join(folder, `${nth}.heapsnapshot`))),
  )
  Promise.all([main, ...others]).then(
    () => process.send?.({ written: workers.length + 1 }),
    (error) => process.send?.({ error: String(error) }),
  )
})
