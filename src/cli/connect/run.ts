/** `gatelog connect <client>` once it is asked: finds the way, shows, writes or takes back. Changes nothing unasked. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { Fault, faultOf } from '#exchange'
import { commonOf } from '../command.ts'
import { json, line, out, say } from '../terminal.ts'
import type { Place } from './changes.ts'
import { type Client, KEY_VARIABLE, type Settings } from './client.ts'
import { CLIENTS } from './clients.ts'
import { readKey } from './key.ts'
import { type Asked, isForward, targetOf } from './target.ts'
import { CA_PATH, isSafe } from './trusted.ts'
import { ownFolder, wayOf } from './way.ts'
import { about, type CaFile, connectionOf, type Plan, systemNote, takeBack, write } from './written.ts'

export interface Options extends Asked {
  readonly ca?: string
  readonly key?: string
  readonly keyFile?: string
  readonly file?: string
  readonly write?: true
  readonly undo?: true
  readonly yes?: true
}

/** @throws usage.option, client.*, request.connection, config.*, ca.off */
export async function run(name: string, options: Options, command: Command): Promise<void> {
  const client = CLIENTS.find((each) => each.name === name)
  if (!client) return command.error(`error: no client ${name}`)
  if (options.undo) return takeBack(client, placeOf(client, options), options.yes ?? false, command)
  const key = readKey(options)
  if (key !== undefined && client.shared)
    throw new Fault('usage.option', `a file for ${name} bears no key: keep it in the CI’s secrets as GATELOG_KEY`)
  const way = await wayOf(client, options, command)
  const ca = caFileOf(client, options)
  const asked = { ...options, ca: ca.named, secret: way.secret }
  const target = targetOf(way.row, way.gateway, key, asked)
  if (target.key === undefined && !target.agent && way.pathKeys === false)
    throw new Fault('usage.option', 'a path key needs path_keys: true in the configuration')
  const settings = withKeyNote(client, client.settings(target))
  const plan = { client, way, settings, command, yes: options.yes ?? false, ca: settings.trusts && ca }
  if (!options.write) return print(plan, options)
  if (key === undefined && !client.reads && !target.agent)
    throw new Fault('usage.option', `${name} reads no variable: give --key-file`)
  await write(plan, placeOf(client, options))
}

/** Says what stands for a key that was not given. */
function withKeyNote({ name, reads }: Client, settings: Settings): Settings {
  if (!settings.text.includes(KEY_VARIABLE)) return settings
  const note = reads
    ? `The key is taken from the environment variable ${KEY_VARIABLE}.`
    : `${name} reads no variable: your key belongs in the place of $${KEY_VARIABLE} (--key-file puts it there).`
  return { ...settings, notes: [note, ...settings.notes] }
}

/** Where the CA is kept for the client, and how its settings name it. */
function caFileOf(client: Client, { ca, file }: Options): CaFile {
  const own = client.ca?.(resolve(file ?? client.file(WHERE)))
  if (own) return ca === undefined ? { ...own, theirs: false } : { path: ca, named: ca, theirs: true }
  const path = resolve(ca ?? join(ownFolder(), 'ca.pem'))
  return { path, named: path, theirs: ca !== undefined }
}

const WHERE = { home: homedir(), env: (name: string) => process.env[name] }

const placeOf = (client: Client, { file }: Options): Place => ({
  folder: join(ownFolder(), 'undo'),
  path: file ?? client.file(WHERE),
})

function print(plan: Plan, options: Options): void {
  const { client, way, settings, command, ca } = plan
  const path = printedPath(client, options)
  const { text } = settings
  const notes = [...(ca ? caNotes(ca, plan) : []), ...settings.notes]
  if (commonOf(command).json) {
    out(json({ ...about(client, path.found ?? '', 'print'), ...connectionOf(way), text, notes }))
    return
  }
  const by = isForward(client, options)
    ? `with ${way.gateway} as its proxy`
    : `by way of ${line(way.row.name)}, a connection of kind ${line(way.row.kind)}`
  say(`${client.name} ${by}; ${path.found ? `for ${line(path.found)}, which --write changes` : line(path.none)}:`)
  process.stdout.write(text)
  for (const note of notes) say(note)
}

/** The client's file, or why it is not known: what it takes can be shown all the same. */
function printedPath(client: Client, options: Options): { found?: string; none: string } {
  try {
    return { found: placeOf(client, options).path, none: '' }
  } catch (error) {
    return { none: faultOf(error).detail ?? '' }
  }
}

/** What is to be done about a CA that has not been written yet. */
const caNotes = ({ path, theirs }: CaFile, { client, settings, way: { gateway } }: Plan): string[] => {
  const byHand = isSafe(gateway) ? `curl -o ${path} ${gateway}${CA_PATH}` : 'gatelog ca export, on its machine'
  return [
    ...(theirs ? [] : [`--write puts the gateway’s CA into ${path}; by hand: ${byHand}`]),
    ...(settings.trusts === 'system' ? [systemNote(client, path)] : []),
  ]
}
