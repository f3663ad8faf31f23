/**
 * A git repository that others own: each head is a commit there, pushed without force. The proof kept is the commit's id. The
 * time is the gateway's own. Runs plain `git`, with the ways of whoever runs the gateway (ssh, credential helpers).
 */
import { z } from 'zod'
import { Fault } from '#exchange'
import { LogFiles, parseCheckpoint, parseNote, rangeHash } from '#trail'
import { type AnchorKind, COMMON } from './anchor.ts'
import { openGit } from './git/run.ts'

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
  open({ repository, branch }, { folder, origin }) {
    const { run, fetch } = openGit(folder, repository, branch)
    const path = `${origin.replace(/[^\w.-]+/g, '_')}/checkpoint`
    const noteAt = async (commit: string | undefined, signal: AbortSignal) =>
      commit === undefined
        ? undefined
        : run(['cat-file', 'blob', `${commit}:${path}`], signal).then(
            (text) => `${text}\n`,
            () => undefined,
          )
    return {
      async anchor(note, signal) {
        const head = await fetch(signal)
        checkGoesOn(folder, await noteAt(head, signal), note)
        const blob = await run(['hash-object', '-w', '--stdin'], signal, note)
        await run(head === undefined ? ['read-tree', '--empty'] : ['read-tree', head], signal)
        await run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], signal)
        const tree = await run(['write-tree'], signal)
        const parents = head === undefined ? [] : ['-p', head]
        const commit = await run(['commit-tree', tree, ...parents, '-m', `${origin}: ${note.split('\n')[1]}`], signal)
        if (!COMMIT.test(commit)) throw new Fault('export.answer', 'git made no commit')
        await run(['push', '--quiet', repository, `${commit}:refs/heads/${branch}`], signal)
        const there = await run(['ls-remote', repository, `refs/heads/${branch}`], signal)
        if (!there.startsWith(commit))
          throw new Fault('export.refused', `${branch} is not at the commit that was pushed`)
        return { at: Date.now(), proof: Buffer.from(`${commit}\n`) }
      },
      known: async (signal) => noteAt(await fetch(signal), signal),
      close: async () => undefined,
    }
  },
}

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
