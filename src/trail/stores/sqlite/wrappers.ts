/** The wrapping keys of `keys.db` by their names, and its keys wrapped anew by another one. Knows no key that wraps. */
import type { File } from './file.ts'
import type { Ask, Keys } from './keys.ts'

/** A key by its number, as it lies there, and the name of the one that wraps it. */
export interface WrappedKey {
  readonly id: number
  readonly by: string
  readonly wrapped: Uint8Array
}

/** Names of the wrapping keys that it takes to read everything, and how many keys each wraps. */
export function wrappersIn(file: File): { name: string; current: boolean; keys: number }[] {
  const rows = file.all<{ name: string; current: number; keys: number }>(
    'SELECT name, current, (SELECT count(*) FROM keys WHERE wrapper = wrappers.id) AS keys FROM wrappers ORDER BY id',
  )
  return rows.map(({ name, current, keys }) => ({ name, current: current === 1, keys }))
}

/** The number of a wrapping key's name. Within a transaction. */
export function wrapperOf(file: File, name: string): number {
  file.run('INSERT OR IGNORE INTO wrappers(name, current) VALUES (?, 0)', name)
  return file.get<{ id: number }>('SELECT id FROM wrappers WHERE name = ?', name)?.id ?? 0
}

/** Wraps up to `most` keys anew that another key wrapped; how many, and how many cannot be. @throws trail.keyholder */
export async function rewrapSome(
  { file, wrapper: current }: Keys,
  most: number,
  after: number,
  ask: Ask,
): Promise<{ last: number; rewrapped: number; lost: number }> {
  const sql = `SELECT k.id, w.name AS "by", k.wrapped FROM keys k JOIN wrappers w ON w.id = k.wrapper
    WHERE k.wrapper <> ? AND k.id > ? ORDER BY k.id LIMIT ?`
  const rows = file.all<WrappedKey>(sql, current, after, most)
  if (rows.length === 0) return { last: after, rewrapped: 0, lost: 0 }
  const { by, bytes: anew } = await ask({ rewrap: rows.map(({ by, wrapped }) => ({ by, bytes: wrapped })) })
  const done = rows.flatMap(({ id }, at) => (anew[at] ? [{ id, bytes: anew[at] }] : []))
  file.transaction(() => {
    const wrapper = wrapperOf(file, by)
    for (const { id, bytes } of done)
      file.run('UPDATE keys SET wrapper = ?, wrapped = ? WHERE id = ?', wrapper, bytes, id)
  })
  return { last: rows.at(-1)?.id ?? after, rewrapped: done.length, lost: rows.length - done.length }
}

/** After the last of `rewrapSome`: what the former key wrapped leaves the log too, and names that wrap nothing are dropped. */
export function dropFormer(file: File): void {
  file.transaction(() => file.run('DELETE FROM wrappers WHERE current = 0 AND id NOT IN (SELECT wrapper FROM keys)'))
  file.truncateLog()
}
