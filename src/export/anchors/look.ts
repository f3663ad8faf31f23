/** Looks at what anchors left and at what they show now, for whoever verifies. Anchors nothing, writes nothing beside the log. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Fault, faultOf } from '#exchange'
import { type KeptAnchor, type ProveAnchor, parseCheckpoint, parseNote, type ToldAnchor } from '#trail'
import { scratchIn } from '../scratch.ts'
import type { AnchorKind, OpenAnchor, Trusted } from './anchor.ts'
import { ANCHORS, AnchorForm, type AnchorSettings, openAnchor } from './index.ts'
import { cosigned, parseCosigner } from './witness/cosignature.ts'

export interface Looking {
  /** The anchors that are configured, by name. */
  readonly settings: Readonly<Record<string, AnchorSettings>>
  /** What whoever looks has from elsewhere; it counts in the place of what is configured. */
  readonly given?: Trusted
  /** The data folder: nothing that lies there may steer a program. */
  readonly data?: string | undefined
  /** How long the outside may take, ms; without it nothing outside is reached. */
  readonly reachMs: number | undefined
  /** Told before those of these names are asked, which takes `reachMs` at most. */
  asking?(names: readonly string[], reachMs: number): void
}

const kindOf = (name: string): AnchorKind | undefined =>
  Object.hasOwn(ANCHORS, name) ? (ANCHORS[name as keyof typeof ANCHORS] as unknown as AnchorKind) : undefined

/** So long a clone on this machine may take, ms. */
const HERE_MS = 10_000

/** A clone that whoever looks has on this machine is looked at also where nothing outside is reached. */
const reachOf = ({ given: { repository } = {}, reachMs }: Looking): number | undefined =>
  reachMs ?? (repository !== undefined && existsSync(repository) ? HERE_MS : undefined)

/** Checks proofs that are kept. */
export function proverOf(looking: Looking): ProveAnchor {
  const { settings, given = {}, data } = looking
  const reachMs = reachOf(looking)
  return async (kept) => {
    const own = Object.hasOwn(settings, kept.name) ? settings[kept.name] : undefined
    const kind = kindOf(own?.kind ?? kept.kind)
    if (!kind) return { state: 'claimed', why: 'its kind is not known', how: 'have it in the configuration' }
    const trusted = { ...(own && kind.trusts(own as never)), ...given, data }
    return kind.prove(kept, trusted, reachMs === undefined ? undefined : AbortSignal.timeout(reachMs))
  }
}

/** `asking` in words. */
export const askingBy =
  (tell: (line: string) => void) =>
  (names: readonly string[], reachMs: number): void =>
    tell(`asking what they have seen of the log: ${names.join(', ')}, ${reachMs / 1000} s at most`)

/** What the outside shows. */
export interface Seen {
  /** The newest heads of the log, by the name of the anchor. */
  readonly heads: readonly { readonly name: string; readonly note: string }[]
  /** Who could have told and did not, and why. */
  readonly unreached: readonly string[]
}

/** How a repository that was given is called. */
const GIVEN = 'the repository given'

interface Opened {
  readonly name: string
  readonly anchor: OpenAnchor
}

/** The newest heads of a log that the outside has; reaches nothing without `reachMs`. @throws usage.option */
export async function headsOutside(origin: string, looking: Looking): Promise<Seen> {
  const { settings, given, data } = looking
  const reachMs = reachOf(looking)
  const unreached: string[] = []
  if (reachMs === undefined) return { heads: [], unreached }
  const folder = scratchIn(tmpdir(), 'gatelog-look')
  const ask = async ({ name, anchor }: Opened) => {
    try {
      const note = await anchor.known?.(AbortSignal.timeout(reachMs))
      return note === undefined ? [] : [{ name, note }]
    } catch (error) {
      unreached.push(`${name}: ${faultOf(error).message}`)
      return []
    } finally {
      await anchor.close()
    }
  }
  try {
    const reached = asked(settings, given).filter(([name]) => looking.reachMs !== undefined || name === GIVEN)
    const opened = reached.map(([name, each]) => ({
      name,
      anchor: openAnchor(each, { folder, origin, data }),
    }))
    const knowing = opened.flatMap(({ name, anchor }) => (anchor.known ? [name] : []))
    if (knowing.length > 0) looking.asking?.(knowing, reachMs)
    return { heads: (await Promise.all(opened.map(ask))).flat(), unreached }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Of each anchor that is configured and of which no proof is kept: its name, and what it has seen. `heads`: what the outside shows,
 * held against the log before.
 */
export function unkeptOf({ settings }: Looking, kept: readonly KeptAnchor[], heads: Seen['heads']): string[] {
  const names = Object.keys(settings).filter((name) => !kept.some((one) => one.name === name))
  return names.map((name) => {
    const head = heads.find((one) => one.name === name)
    const size = head && parseCheckpoint(parseNote(head.note)?.text ?? '')?.size
    const seen = size === undefined ? '' : `has seen ${size} entries, they are a beginning of this log; `
    return `${name}: ${seen}no proof of it is kept here`
  })
}

/**
 * What whoever looks gave and nothing came of: a key that signed nothing here, a repository that shows nothing of this log. `kept`: the
 * newest proofs; `told`: what came of them.
 */
export function unusedOf(
  { given = {} }: Looking,
  kept: readonly KeptAnchor[],
  told: readonly ToldAnchor[],
  { heads }: Pick<Seen, 'heads'>,
): string[] {
  const { witnesses = [], repository, tsaCa } = given
  const isChecked = (kind: string) =>
    told.some(({ by, state }) => state !== 'claimed' && kept.some((one) => one.name === by && one.kind === kind))
  const isSeen = heads.some(({ name }) => name === GIVEN)
  return [
    ...witnesses.filter((vkey) => !signedBy(kept, vkey)).map((vkey) => `--witness: ${unsigned(vkey)}`),
    ...(tsaCa === undefined || isChecked('timestamp')
      ? []
      : ['--tsa-ca: none of the newest proofs here is a timestamp that its CAs vouch for']),
    ...(repository === undefined || isSeen || isChecked('git')
      ? []
      : [`--git: nothing of this log is in ${repository}`]),
  ]
}

function signedBy(kept: readonly KeptAnchor[], vkey: string): boolean {
  const cosigner = parseCosigner(vkey)
  return (
    cosigner !== undefined &&
    kept.some(({ proof }) => cosigned(Buffer.from(proof).toString(), cosigner).state !== 'none')
  )
}

const unsigned = (vkey: string): string => {
  const name = parseCosigner(vkey)?.name
  return name === undefined
    ? 'it is no verifier key of a witness'
    : `none of the newest proofs here bears a cosignature of ${name}`
}

/** What is configured, and a repository that was given in its place. */
function asked(settings: Looking['settings'], given: Trusted = {}): readonly (readonly [string, AnchorSettings])[] {
  const { repository, branch } = given
  if (repository === undefined) return Object.entries(settings)
  const form = AnchorForm.safeParse({ kind: 'git', repository, ...(branch !== undefined && { branch }) })
  if (!form.success) throw new Fault('usage.option', `git: ${form.error.issues[0]?.message}`)
  return [...Object.entries(settings).filter(([, { kind }]) => kind !== 'git'), [GIVEN, form.data]]
}
