/** `gatelog connect <client>` once it is asked: finds the way, shows, writes or takes back. Changes nothing unasked. */
import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { loadNames } from '#app'
import type { ConnectionRow } from '#console'
import { Fault } from '#exchange'
import { commonOf, withRecord } from '../command.ts'
import { json, line, out, paint, say } from '../terminal.ts'
import { agreed } from './ask.ts'
import { apply, type Change, undoing, writing } from './changes.ts'
import type { Client, Settings, Where } from './client.ts'
import { CLIENTS } from './clients.ts'
import { diff } from './diff.ts'
import { readKey } from './key.ts'
import { type Asked, connectionFor, gatewayOf, rowsOf, targetOf, unknownConnection } from './target.ts'

export interface Options extends Asked {
  readonly key?: string
  readonly keyFile?: string
  readonly file?: string
  readonly write?: true
  readonly undo?: true
  readonly yes?: true
}

/** @throws usage.option, client.*, request.connection, config.* */
export async function run(name: string, options: Options, command: Command): Promise<void> {
  const client = CLIENTS.find((each) => each.name === name)
  if (!client) return command.error(`error: no client ${name}`)
  if (options.undo) return takeBack(client, options, command)
  const key = readKey(options)
  const { row, gateway, pathKeys } = await wayOf(client, options, command)
  const target = targetOf(row, gateway, key, { ...options, ca: caOf(options) })
  if (target.key === undefined && !target.agent && pathKeys === false)
    throw new Fault('usage.option', 'a path key needs path_keys: true in the configuration')
  const settings = client.settings(target)
  if (!options.write) return print(client, row, settings, options, command)
  if (key === undefined && !client.reads && !target.agent)
    throw new Fault('usage.option', `${name} reads no variable: give --key-file`)
  await write(client, row, settings, options, command)
}

/** The connection and the gateway: of the configuration, of a server by URL, or as the command line says. */
async function wayOf(client: Client, asked: Options, command: Command) {
  const { config, url } = commonOf(command)
  const gateway = asked.gateway && plain(asked.gateway)
  if (gateway && !url && !existsSync(config)) {
    if (!asked.connection) throw new Fault('usage.option', 'with --gateway: name the --connection')
    return { row: unknownConnection(client, asked.connection, asked), gateway, pathKeys: undefined }
  }
  if (url && !gateway) throw new Fault('usage.option', 'with --url: give --gateway, which is another address')
  const read = await loadNames(config)
  const rows = url ? await withRecord(command, (record) => record.get<ConnectionRow[]>('/connections')) : rowsOf(read)
  const row = connectionFor(client, rows, asked.connection)
  return { row, gateway: gateway ?? gatewayOf(read), pathKeys: url ? undefined : read.path_keys }
}

/** @throws usage.option for an address that a shell or a client might read otherwise */
function plain(url: URL): string {
  if (url.username || url.password || url.search || url.hash || !/^[\w./~%-]*$/.test(url.pathname))
    throw new Fault('usage.option', '--gateway: an address without user, query or fragment')
  return url.href.replace(/\/+$/, '')
}

/** Where the CA is kept for clients, unless the command line says otherwise. */
function caOf({ ca }: Options): string {
  return resolve(ca ?? join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'gatelog', 'ca.pem'))
}

function placeOf(client: Client, { file }: Options) {
  const where: Where = { home: homedir(), env: (name) => process.env[name] }
  const own = where.env('XDG_CONFIG_HOME') || join(where.home, '.config')
  return { folder: join(own, 'gatelog', 'undo'), path: file ?? client.file(where) }
}

function print(client: Client, row: ConnectionRow, settings: Settings, options: Options, command: Command): void {
  const { path } = placeOf(client, options)
  const { text, notes } = settings
  if (commonOf(command).json) out(json({ ...about(client, path, 'print'), connection: row.name, text, notes }))
  else {
    say(`${client.name} by way of ${line(row.name)}; for ${line(path)}, which --write changes:`)
    process.stdout.write(text)
    for (const note of notes) say(note)
  }
}

const about = (client: Client, file: string, action: 'print' | 'write' | 'undo') => ({
  client: client.name,
  file,
  action,
})

async function write(client: Client, row: ConnectionRow, settings: Settings, options: Options, command: Command) {
  const change = writing(placeOf(client, options), settings)
  const { path } = change.file
  const done = await settle(change, `Write ${line(path)}?`, options)
  if (commonOf(command).json)
    return out(json({ ...about(client, path, 'write'), connection: row.name, changed: done, notes: settings.notes }))
  if (!done) return
  out(`${line(path)} is written; \`gatelog connect ${client.name} --undo\` takes it back`)
  if (path.endsWith('.env')) say(`In your shell, or in its start file: . ${line(path)}`)
  for (const note of settings.notes) say(note)
  if ((statSync(path).mode & 0o077) !== 0)
    say(paint('yellow', `Others can read it, and it may hold a key: chmod 600 ${line(path)}`))
}

async function takeBack(client: Client, options: Options, command: Command): Promise<void> {
  const change = undoing(placeOf(client, options))
  const { path } = change.file
  if (change.changed) {
    say(`What would be lost in ${line(path)}:\n${diff(change.file.text ?? '', change.text ?? '')}`)
    throw new Fault('client.file', `${path} has changed since Gatelog wrote it; ${change.memo.path} holds it as it was`)
  }
  const done = await settle(change, `Put ${line(path)} back?`, options)
  if (commonOf(command).json) return out(json({ ...about(client, path, 'undo'), changed: done }))
  if (done) out(`${line(path)} ${change.text === undefined ? 'is removed' : 'is as it was'}`)
}

/** Shows what changes, asks, and does it. Whether it was done. */
async function settle(change: Change, question: string, { yes }: Options): Promise<boolean> {
  const { file, text } = change
  if (file.text === text) say(`${line(file.path)} says so already`)
  else {
    say(`${paint('bold', line(file.path))}\n${diff(file.text ?? '', text ?? '')}`)
    if (!(await agreed(question, yes ?? false))) {
      say('nothing was changed')
      return false
    }
  }
  apply(change)
  return file.text !== text
}
