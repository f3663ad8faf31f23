/** The way to the record: the running server's socket, one elsewhere by URL, or the store itself where none runs. */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf, loadNames, type Names, openLocal } from '#app'
import { Fault, faultOf } from '#exchange'
import { checked, parsed } from './answer.ts'
import { patient } from './held.ts'
import { type Record, remote, splitLines } from './remote.ts'
import { line, say } from './terminal.ts'
import { userName } from './user.ts'

/**
 * `config` is the configuration's path. More than its folder is read only where nobody answers on the socket there, and no
 * secret even then: what a server was started with is its own affair. @throws config.*, trail.*, server.unreachable
 */
export async function openRecord(config: string, url?: URL): Promise<Record> {
  if (url) return remote({ url })
  return (await served(await dataOf(config))) ?? local(config)
}

/** The same, and where no server runs the record is only looked at: nothing is recovered or written. @throws as `openRecord` */
export async function lookAtRecord(config: string, url?: URL): Promise<Record> {
  return url ? remote({ url }) : openFolder(config, await dataOf(config))
}

const dataOf = async (config: string): Promise<string> => (await folderOf(config)) ?? (await loadNames(config)).data

/** The running server's, if one answers. */
async function served(folder: string): Promise<Record | undefined> {
  const socket = join(folder, 'gatelog.sock')
  return existsSync(socket) && (await answers(socket)) ? remote({ socket }) : undefined
}

/** The record in a folder, as it lies there: a server that runs on it is asked, else nothing is written. @throws as `openRecord` */
export async function openFolder(config: string, folder: string): Promise<Record> {
  return (await served(folder)) ?? local(config, folder)
}

/** The same names over another data folder, of which nothing is recovered: it is looked at as it is. */
const elsewhere = (names: Names, folder: string): Names =>
  Object.create(names, {
    ...{ data: { value: folder }, asItIs: { value: true } },
    copy: { value: !isSame(names.data, folder) },
  })

const isSame = (one: string, other: string): boolean =>
  existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other)

async function answers(socket: string): Promise<boolean> {
  try {
    await remote({ socket }).get('/connections')
    return true
  } catch (error) {
    if (error instanceof Fault && error.code === 'server.unreachable') return false
    throw error
  }
}

async function local(config: string, folder?: string): Promise<Record> {
  const names = await loadNames(config)
  const place = folder === undefined ? names : elsewhere(names, folder)
  const { request: ask, close } = await openLocal(place, userName(), config, (text) => say(line(text, 1000)))
  const via = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    return parsed<never>(checked(answer.status, await answer.text()))
  }
  const own: Record = {
    get: (path) => via('GET', path),
    send: via,
    follow: async () => {
      throw new Fault('server.unreachable')
    },
    async *lines(path) {
      const answer = await ask(path, { method: 'GET' })
      if (answer.status >= 400) checked(answer.status, await answer.text())
      if (answer.body) yield* splitLines(answer.body.pipeThrough(new TextDecoderStream()), faultOf)
    },
    close,
  }
  return patient(own, () => served(place.data))
}
