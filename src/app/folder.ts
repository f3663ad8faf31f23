/** The data folder of a configuration, without checking the rest of it. Opens nothing. */
import { existsSync, readFileSync } from 'node:fs'

const DEFAULT = './gatelog-data'

/**
 * Where a server of this configuration would keep its record; undefined where that takes a closer look: the file is no
 * YAML, or the folder is written as a reference.
 */
export async function folderOf(path: string): Promise<string | undefined> {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (!text.includes('data')) return DEFAULT
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const folder: unknown = document.errors.length ? undefined : document.getIn(['data'])
  if (folder === undefined && document.errors.length === 0) return DEFAULT
  return typeof folder === 'string' && !folder.includes('${') ? folder : undefined
}
