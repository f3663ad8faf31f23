/** The way to the record: the running server's socket, one elsewhere by URL, or the store itself where none runs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf, loadConfig, openLocal } from '#app'
import { Fault } from '#exchange'
import { checked, parsed } from './answer.ts'
import { type Record, remote } from './remote.ts'

/**
 * `config` is the configuration's path. It is read whole only where nobody answers on its folder's socket: what a server
 * was started with is its own affair. @throws config.*, trail.*, server.unreachable
 */
export async function openRecord(config: string, url?: URL): Promise<Record> {
  if (url) return remote({ url })
  const folder = (await folderOf(config)) ?? (await loadConfig(config)).data
  const socket = join(folder, 'gatelog.sock')
  if (existsSync(socket) && (await answers(socket))) return remote({ socket })
  return local(config)
}

async function answers(socket: string): Promise<boolean> {
  try {
    await remote({ socket }).get('/connections')
    return true
  } catch (error) {
    if (error instanceof Fault && error.code === 'server.unreachable') return false
    throw error
  }
}

async function local(config: string): Promise<Record> {
  const { request: ask, close } = await openLocal(await loadConfig(config))
  const via = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    return parsed<never>(checked(answer.status, await answer.text()))
  }
  return {
    get: (path) => via('GET', path),
    send: via,
    follow: async () => {
      throw new Fault('server.unreachable')
    },
    close,
  }
}
