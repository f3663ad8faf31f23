/** The admin API on a 0600 socket in the data folder: whoever may read the folder may use it. No TCP port. */
import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Backend, routes } from './api.ts'

export interface Api {
  close(): Promise<void>
}

/** Serves the API on `path`. The caller holds the trail's lock, so that a socket left over from a crash may go. */
export async function openApi(path: string, backend: Backend): Promise<Api> {
  rmSync(path, { force: true })
  const server = createServer(getRequestListener(routes(backend).fetch))
  const mask = process.umask(0o177)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  }).finally(() => process.umask(mask))
  chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
