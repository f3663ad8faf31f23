/** Says whether what steers git lies apart from the data folder, where others than its owner may have written. Changes nothing. */
import { realpath } from 'node:fs/promises'
import { homedir, tmpdir, userInfo } from 'node:os'
import { isAbsolute, relative } from 'node:path'
import { Fault } from '#exchange'

/** Variables that name what git or ssh reads or runs. */
const NAMED = [
  'XDG_CONFIG_HOME',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_EXEC_PATH',
  'GIT_TEMPLATE_DIR',
] as const

/** @throws export.refused naming what lies in the data folder */
export async function checkApart(data: string, repository: string): Promise<void> {
  const places: readonly (readonly [what: string, path: string | undefined])[] = [
    ['the repository', isAbsolute(repository) ? repository : undefined],
    ['HOME', homedir()],
    ['the home folder of its user', userInfo().homedir],
    ['the folder for temporary files', tmpdir()],
    ...NAMED.map((name) => [name, process.env[name]] as const),
  ]
  const own = await real(data)
  for (const [what, path] of places)
    if (path && isIn(own, await real(path)))
      throw new Fault(
        'export.refused',
        `${what} lies in the data folder, and what is there would steer git: put it elsewhere`,
      )
}

/** As it is without symbolic links; of what is not there, as it was named. */
const real = (path: string): Promise<string> => realpath(path).catch(() => path)

const isIn = (folder: string, path: string): boolean => {
  const way = relative(folder, path)
  return !isAbsolute(way) && !/^\.\.(?:[/\\]|$)/.test(way)
}
