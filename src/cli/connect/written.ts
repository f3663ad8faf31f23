/** Writes what `gatelog connect` has planned, the CA's file with it, and takes both back: shown first, and only when agreed. */
import { statSync } from 'node:fs'
import type { Command } from 'commander'
import { Fault, faultOf } from '#exchange'
import { commonOf } from '../command.ts'
import { installLine } from '../install-help.ts'
import { json, line, out, paint, say } from '../terminal.ts'
import { agreed } from './ask.ts'
import {
  apply,
  type Change,
  type Place,
  providing,
  referredBy,
  referring,
  releasing,
  undoing,
  writing,
} from './changes.ts'
import type { Client, Settings } from './client.ts'
import { diff } from './diff.ts'
import { checkCa, shownCa } from './trusted.ts'
import { caFor, type WayTo } from './way.ts'

/** What is to be done, as far as it is known before anything is asked for. */
export interface Plan {
  readonly client: Client
  readonly way: WayTo
  readonly settings: Settings
  readonly command: Command
  readonly yes: boolean
  /** undefined where the client needs none. */
  readonly ca: CaFile | undefined
}

export interface CaFile {
  readonly path: string
  /** As the settings name it. */
  readonly named: string
  /** Whether the command line named it: then it is the user's, and there already. */
  readonly theirs: boolean
}

export const about = (client: Client, file: string, action: 'print' | 'write' | 'undo') => ({
  client: client.name,
  file,
  action,
})

export const connectionOf = ({ row: { name } }: WayTo) => (name === '' ? {} : { connection: name })

export const systemNote = ({ name }: Client, path: string): string =>
  `${name} trusts what the system trusts. To add the CA: ${installLine(path)}`

/** @throws client.* */
export async function write(plan: Plan, place: Place): Promise<void> {
  const { client, way, settings, command, yes, ca } = plan
  const trust = await trustOf(plan)
  const change = writing(place, settings)
  const { path } = change.file
  const given = ca && trust.pem !== undefined ? providing({ ...place, path: ca.path }, trust.pem, path) : undefined
  const before = referredBy(place)
  const freed =
    before !== undefined && before !== given?.file.path ? releasing({ ...place, path: before }, path) : undefined
  const all = [given, given ? referring(change, given.file.path) : change, freed]
  const done = await settle(all, given, `Write ${line(path)}?`, yes)
  const notes = [...trust.notes, ...settings.notes]
  const also = given && { ca: given.file.path }
  if (commonOf(command).json)
    return out(json({ ...about(client, path, 'write'), ...connectionOf(way), ...also, changed: done, notes }))
  if (!done) return
  out(`${line(path)} is written; \`gatelog connect ${client.name} --undo\` takes it back`)
  if (path.endsWith('.env') && !client.shared) say(`In your shell, or in its start file: . ${line(path)}`)
  for (const note of notes) say(note)
  if (!client.shared && (statSync(path).mode & 0o077) !== 0)
    say(paint('yellow', `Others can read it, and it may hold a key: chmod 600 ${line(path)}`))
}

/** The certificates to write, and what is left to do about them. @throws client.ca where the settings name a file that nobody can fill */
async function trustOf({ client, way, settings: { trusts }, command, ca }: Plan) {
  if (!ca) return { notes: [] }
  const notes = trusts === 'system' ? [systemNote(client, ca.path)] : []
  if (ca.theirs) {
    if (!client.ca) checkCa(ca.path)
    return { notes }
  }
  try {
    return { pem: await caFor(way, command), notes }
  } catch (error) {
    const { code, detail, message } = faultOf(error)
    if (trusts !== 'system' || code !== 'client.ca') throw error
    return { notes: [`The gateway’s CA could not be had: ${detail ?? message}`, 'See `gatelog ca install-help`.'] }
  }
}

/** @throws client.* */
export async function takeBack(client: Client, place: Place, yes: boolean, command: Command): Promise<void> {
  const change = undoing(place)
  const { path } = change.file
  if (change.changed) {
    say(`What would be lost in ${line(path)}:\n${diff(change.file.text ?? '', change.text ?? '')}`)
    throw new Fault('client.file', `${path} has changed since Gatelog wrote it; ${change.memo.path} holds it as it was`)
  }
  const refers = referredBy(place)
  const freed = refers === undefined ? undefined : releasing({ ...place, path: refers }, path)
  const done = await settle([change, freed], freed, `Put ${line(path)} back?`, yes)
  if (commonOf(command).json) return out(json({ ...about(client, path, 'undo'), changed: done }))
  if (done) out(`${line(path)} ${change.text === undefined ? 'is removed' : 'is as it was'}`)
  if (done && freed && freed.file.text !== freed.text) out(`${line(freed.file.path)} too`)
}

/** Shows what changes, asks once, and does it all. Whether anything was done. `ca`: the one of them that holds certificates. */
async function settle(
  changes: readonly (Change | undefined)[],
  ca: Change | undefined,
  question: string,
  yes: boolean,
): Promise<boolean> {
  const all = changes.filter((each) => each !== undefined)
  const changed = all.filter(({ file, text }) => file.text !== text)
  for (const { file, text = '' } of changed) {
    const shown = file.path === ca?.file.path ? shownCa : (whole: string) => whole
    say(`${paint('bold', line(file.path))}\n${diff(shown(file.text ?? ''), shown(text))}`)
  }
  if (changed.length === 0) for (const { file } of all.slice(-1)) say(`${line(file.path)} says so already`)
  else if (!(await agreed(question, yes))) {
    say('nothing was changed')
    return false
  }
  for (const change of all) apply(change)
  return changed.length > 0
}
