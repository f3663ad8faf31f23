/** The data folder of a configuration, without checking the rest of it. Opens nothing. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'

const DEFAULT = './gatelog-data'

/** A path that the configuration file `name` tells: relative ones begin where the file is. */
export function beside(name: string, path: string): string {
  const folder = dirname(name)
  return isAbsolute(path) || folder === '.' ? path : resolve(folder, path)
}

/**
 * Where a server of this configuration would keep its record; undefined where that takes a closer look: the file is no
 * YAML, or the folder is written as a reference.
 */
export async function folderOf(path: string): Promise<string | undefined> {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (!text.includes('data')) return beside(path, DEFAULT)
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const folder: unknown = document.errors.length ? undefined : document.getIn(['data'])
  if (folder === undefined && document.errors.length === 0) return beside(path, DEFAULT)
  return typeof folder === 'string' && !folder.includes('${') ? beside(path, folder) : undefined
}
