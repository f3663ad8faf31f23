/**
 * A git repository that others own: each head is a commit there, pushed without force. The proof kept is the commit's id, and the
 * commit itself where it holds nothing but the head. The time is the gateway's own. Runs plain `git`, with the ways of whoever runs
 * the gateway (ssh, credential helpers).
 */
import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { Fault, faultOf } from '#exchange'
import { type KeptAnchor, LogFiles, type Proven, parseCheckpoint, parseNote, rangeHash } from '#trail'
import { type AnchorKind, COMMON } from './anchor.ts'
import { type Git, withGit } from './git/run.ts'

const Form = z.strictObject({
  kind: z.literal('git'),
  repository: z
    .string()
    .regex(/^(?!-)[^\s\0]+$/, 'an address or a path, without blanks')
    .describe('Where it is pushed: https, ssh or a path'),
  branch: z
    .string()
    .regex(/^(?![-./])(?!.*\.\.)[\w./-]{1,100}$/, 'a branch’s name')
    .default('gatelog')
    .describe('The branch; it is made where it is not there'),
  ...COMMON,
})

const COMMIT = /^[0-9a-f]{40,64}$/

export const git: AnchorKind<typeof Form> = {
  form: Form,
  open(place, { folder, origin, data = basename(folder) === 'seal' ? dirname(folder) : folder }) {
    const path = pathOf(origin)
    return {
      anchor: (note, signal) =>
        withGit(place, data, async (git) => {
          const head = await git.fetch(signal)
          checkGoesOn(folder, await noteAt(git, head, path, signal), note)
          return pushed(git, { head, path, note, title: `${origin}: ${note.split('\n')[1]}` }, signal)
        }),
      known: (signal) => withGit(place, data, async (git) => noteAt(git, await git.fetch(signal), path, signal)),
      close: async () => undefined,
    }
  },
  trusts: ({ repository, branch }) => ({ repository, branch }),
  async prove(kept, { repository, branch = 'gatelog', data }, signal) {
    const commit = Buffer.from(kept.proof).toString().split('\n', 1)[0] ?? ''
    if (!COMMIT.test(commit)) return { state: 'false', why: 'it is no commit' }
    if (repository === undefined || !signal) return claimed('its commit was not looked up')
    return withGit({ repository, branch }, data, (git) => found(git, commit, kept, signal)).catch((error) =>
      claimed(faultOf(error).detail ?? 'the repository was not reached'),
    )
  },
}

/** The note of a commit; undefined where it has none. @throws export.refused where there was no time to look */
async function noteAt({ run }: Git, commit: string | undefined, path: string, signal: AbortSignal) {
  if (commit === undefined) return undefined
  return run(['cat-file', 'blob', `${commit}:${path}`], signal).then(
    (text) => `${text}\n`,
    (error) => {
      if (signal.aborted) throw error
      return undefined
    },
  )
}

/** A commit to be, over the one that is the head outside. */
interface Next {
  readonly head: string | undefined
  readonly path: string
  readonly note: string
  readonly title: string
}

/** Makes the commit, pushes it, and looks whether it is there. @throws export.refused | export.answer */
async function pushed(
  { run, place: { repository, branch } }: Git,
  { head, path, note, title }: Next,
  signal: AbortSignal,
) {
  const blob = await run(['hash-object', '-w', '--stdin'], signal, note)
  await run(head === undefined ? ['read-tree', '--empty'] : ['read-tree', head], signal)
  await run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], signal)
  const tree = await run(['write-tree'], signal)
  const parents = head === undefined ? [] : ['-p', head]
  const commit = await run(['commit-tree', tree, ...parents, '-m', title], signal)
  if (!COMMIT.test(commit)) throw new Fault('export.answer', 'git made no commit')
  await run(['push', '--quiet', repository, `${commit}:refs/heads/${branch}`], signal)
  const there = await run(['ls-remote', repository, `refs/heads/${branch}`], signal)
  if (!there.startsWith(commit)) throw new Fault('export.refused', `${branch} is not at the commit that was pushed`)
  return { at: Date.now(), proof: Buffer.from(`${commit}\n${await bareOf(run, commit, path, signal)}`) }
}

/**
 * The commit as git hashes it, where its tree is this path alone: so anybody can see without the repository that it holds the head.
 * Else nothing: what others keep beside it is not told.
 */
async function bareOf(run: Git['run'], commit: string, path: string, signal: AbortSignal): Promise<string> {
  const maybe = (args: readonly string[]) => run(args, signal).catch(() => '')
  if ((await maybe(['ls-tree', '-r', '-t', '--name-only', commit])) !== `${dirname(path)}\n${path}`) return ''
  const object = await maybe(['cat-file', 'commit', commit])
  return object === '' ? '' : `${object}\n`
}

const claimed = (why: string): Proven => ({ state: 'claimed', why, how: 'gatelog verify --git <clone or address>' })

/** Whether a commit is on the branch outside and holds the note. Its time is the gateway’s, which made it. */
async function found(git: Git, commit: string, { note, checkpoint }: KeptAnchor, signal: AbortSignal): Promise<Proven> {
  const { run } = git
  const tip = await git.fetch(signal)
  if (tip === undefined) return claimed('the repository has no such branch')
  if (tip !== commit) await git.fetchAll(signal)
  const isThere = await run(['merge-base', '--is-ancestor', commit, tip], signal).then(
    () => true,
    () => false,
  )
  if (!isThere) return claimed(`the branch there has no commit ${commit.slice(0, 12)}`)
  const blob = await run(['cat-file', 'blob', `${commit}:${pathOf(checkpoint.origin)}`], signal).catch(() => undefined)
  if (blob === undefined || `${blob}\n` !== note) return { state: 'false', why: 'its commit holds something else' }
  const seconds = Number(await run(['show', '--no-patch', '--format=%ct', commit], signal))
  return { state: 'checked', at: seconds * 1000, clock: 'own' }
}

/** Where a log’s newest head lies in the repository. */
const pathOf = (origin: string): string => `${origin.replace(/[^\w.-]+/g, '_')}/checkpoint`

const headOf = (note: string) => parseCheckpoint(parseNote(note)?.text ?? '')

/** Nothing goes over a head that ours does not go on from: it is the only witness of what was there. @throws export.refused */
function checkGoesOn(folder: string, outside: string | undefined, note: string): void {
  const [before, now] = [outside === undefined ? undefined : headOf(outside), headOf(note)]
  if (!before || !now) return
  if (before.size > now.size)
    throw new Fault('export.refused', `the repository has a head of ${before.size} entries, here are ${now.size}`)
  const root = rangeHash(new LogFiles(folder, now.size).node, 0, before.size)
  if (Buffer.compare(root, before.root) !== 0)
    throw new Fault('export.refused', `the first ${before.size} entries are not those of the repository’s head`)
}
