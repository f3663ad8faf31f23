/** A record whose log cannot go on gets one that goes on from it under another name, and an entry that tells why. No server may run. */
import { join } from 'node:path'
import { type Begun, Fault } from '#exchange'
import { beginLog, headIn, isSignedBy, parseHead, parseVerifier, toldOf, vkeyIn } from '#trail'
import type { Config } from './config.ts'
import { holdKeys } from './keyholder/index.ts'
import { notaryOf } from './keyholder/notary.ts'
import { openRecord, recordOf } from './record.ts'
import { keyOutside, memoriesOf, openSigner } from './seal-key.ts'
import { rememberedIn, rememberedOutside } from './signed-last.ts'
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
  const { trail, keyholder, keyring, journal, close } = await openRecord(config, { keys: holdKeys, lostKey: 'show' })
  try {
    const heads = (journal?.lines() ?? []).flatMap((line) => (line.kind === 'head' ? line.note : []))
    const places = { data: config.data, keys: keyholder.place, record: recordOf(keyring) }
    const memories = { ...places, kept: memoriesOf(seal, places), key: keyOutside(seal, config.data) }
    const folder = join(config.data, 'seal')
    const here = headIn(folder)?.printed
    const outside = rememberedOutside(seal, places) // before the new log's own head takes their place
    const inside = outside.length > 0 && here === undefined ? [] : rememberedIn(seal, places).notes
    const ends = here === undefined ? outside : [here]
    const signer = await notaryOf(await openSigner(seal, config.data), memories, ends)
    const begun = await beginLog(folder, {
      signer,
      seen: [...heads, ...outside, ...inside],
      signed: outside.length > 0 ? outside : here === undefined ? inside : inside.filter(isSignedIn(folder)),
      told: toldOf(await trail.claims(['begun'])),
    })
    const who = { value: reader, source: 'observed' } as const
    const note: Begun = { kind: 'begun', exchange: uuid7(Date.now()), at: Date.now(), who, why, ...begun }
    return { ...note, seq: await trail.append(note), vkey: signer.vkey }
  } finally {
    await close()
  }
}

/** Whoever writes in the data folder can put a head there of any name: one counts that the key of the log there signed. */
function isSignedIn(folder: string): (note: string) => boolean {
  const verifier = parseVerifier(vkeyIn(folder) ?? '')
  return (note) => {
    const head = parseHead(note)
    return verifier !== undefined && head?.origin === verifier.name && isSignedBy(head.note, [verifier])
  }
}
