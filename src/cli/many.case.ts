/** A process that runs many command lines one after the other, for tests: a start costs more than most commands. */
import { globalAgent } from 'node:http'
import { main } from './main.ts'

export interface Wanted {
  readonly folder: string
  readonly args: readonly string[]
}

process.setMaxListeners(0)
process.stdout.setMaxListeners(0)
process.stderr.setMaxListeners(0)

process.on('message', async ({ folder, args }: Wanted) => {
  process.chdir(folder)
  process.env['HOME'] = folder
  process.exitCode = 0
  const [out, err] = [caught(process.stdout), caught(process.stderr)]
  await main(args)
  globalAgent.destroy()
  process.send?.({ code: process.exitCode, out: out(), err: err() })
})

/** Takes what is written to a stream, until it is asked for. */
function caught(stream: NodeJS.WriteStream): () => string {
  const parts: string[] = []
  const { write } = stream
  stream.write = (part: string | Uint8Array) => parts.push(String(part)) > 0
  return () => {
    stream.write = write
    return parts.join('')
  }
}
