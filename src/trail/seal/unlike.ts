/** What of an entry that is shown does not make its leaf: whoever makes a bundle hears what its verifier will refuse. Pure. */
import { sha256 } from './hashes.ts'
import { commitmentsOf, FIELDS, type Field, isFirst, parseLeaf, printLeaf, type Version } from './leaf.ts'
import type { ProvenEntry } from './prove.ts'

/** A sentence; undefined where all that is shown is what was sealed. `bodies`: whether they were asked for. */
export function unlike(proven: ProvenEntry, bodies: boolean): string | undefined {
  const { index, leaf: text, entry, salts = {}, body, anew = [], locked } = proven
  if (entry === undefined) return undefined
  const version: Version = isFirst(text) ? 1 : 2
  const { fields = {} } = parseLeaf(text) ?? {}
  const keys = entry as Readonly<Record<string, unknown>>
  const own = Object.fromEntries(Object.entries(salts).map(([name, salt]) => [name, Buffer.from(salt, 'base64')]))
  const bytes = body === undefined || anew.length > 0 ? undefined : sha256(Buffer.from(body, 'base64'))
  const made = commitmentsOf(keys, own, bytes, version)
  const isOther = (name: Field) => fields[name] !== made[name] || (name in made && fields[name] === undefined)
  const parts = FIELDS.filter((name) => (name !== 'body' || bytes) && isOther(name))
  if (parts.length > 0) return `${parts.join(', ')} not what was sealed`
  if (printLeaf(index + 1, keys, fields, version) !== text) return 'another entry than was sealed'
  const lacks = bodies && keys['body'] !== undefined && body === undefined && !locked
  return lacks ? 'its body is not there, or cannot be read' : undefined
}
