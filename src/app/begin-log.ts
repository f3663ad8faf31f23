/** A record whose log cannot go on gets one that goes on from it under another name, and an entry that tells why. No server may run. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Begun, Fault } from '#exchange'
import { beginLog, lostBy } from '#trail'
import type { Config } from './config.ts'
import { holdKeys } from './keyholder/index.ts'
import { openRecord } from './record.ts'
import { memoriesOf } from './seal-key.ts'
import { isThere } from './there.ts'
import { uuid7 } from './uuid.ts'

export interface Beginning {
  readonly why: string
  /** Who runs this process. */
  readonly reader: string
}

type Place = Pick<Config, 'data' | 'path_keys' | 'encryption' | 'seal'> & { readonly journal?: string | undefined }

/** What its entry says and where that stands, and the verifier key of the log from now on. */
export type BegunNow = Begun & { readonly seq: number; readonly vkey: string }

/**
 * The name is what the configuration says now (`trail.seal.origin`). The entry is the first that is made after it; a server
 * seals it. Done again where it was cut short. @throws seal.named, seal.key, seal.damaged, seal.off, trail.*
 */
export async function beginLogIn(config: Place, { why, reader }: Beginning): Promise<BegunNow> {
  if (!isThere(config.data)) throw new Fault('trail.none', config.data)
  const { seal } = config
  if (!seal) throw new Fault('seal.off')
  const { trail, keyholder, journal, close } = await openRecord(config, { keys: holdKeys, lostKey: 'show' })
  try {
    const heads = (journal?.lines() ?? []).flatMap((line) => (line.kind === 'head' ? line.note : []))
    const memories = [join(config.data, 'seal.known'), ...memoriesOf(seal, config.data, keyholder.place)]
    const seen = memories.flatMap(noteIn) // before the new log's own head takes their place
    const signer = await keyholder.signer(seal, config.data)
    const begun = await beginLog(join(config.data, 'seal'), {
      signer,
      seen: [...heads, ...seen],
      told: (await trail.custody()).flatMap(({ note }) =>
        note.kind === 'begun' ? [note.former, ...lostBy([note])] : [],
      ),
    })
    const who = { value: reader, source: 'observed' } as const
    const note: Begun = { kind: 'begun', exchange: uuid7(Date.now()), at: Date.now(), who, why, ...begun }
    return { ...note, seq: await trail.append(note), vkey: signer.vkey }
  } finally {
    await close()
  }
}

/** What a restore left, the head that was known when it put the record back; and what was signed last. */
const noteIn = (path: string): string[] => (existsSync(path) ? [readFileSync(path, 'utf8')] : [])
