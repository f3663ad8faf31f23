/** What is said of an entry that no leaf can be made of, and that the two threads together make what one did. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { sha256, sha256Text } from './hashes.ts'
import { heldOf } from './held.ts'
import { commitmentsOf, printLeaf } from './leaf.ts'

const SALT = Buffer.from(Array.from({ length: 32 }, (_, at) => 255 - at))
const salt = SALT.toString('latin1')

test('a leaf is made of what another thread read, bytes above 127 too', () => {
  const entry = { kind: 'asked', exchange: 'e', at: 1, actor: { id: 'ana' }, body: { type: 'text/plain' } }
  const of = { json: JSON.stringify(entry), salt, body: sha256Text('ü'), version: 2 } as const
  const leaf = printLeaf(7, entry, commitmentsOf(entry, SALT, sha256('ü')))
  assert.deepEqual(heldOf({ seq: 7, of, unproven: true }), { seq: 7, unproven: true, leaf })
})

test('a body that was written anew is held with the salt of each time, and one that cannot be read commits to nothing', () => {
  const redacted = [{ by: 'r', salt: SALT }]
  const of = { json: '{"kind":"asked","exchange":"e","at":1,"body":{}}', salt, redacted, version: 2 } as const
  const body = sha256('x')
  assert.deepEqual(heldOf({ seq: 1, of: { ...of, body: sha256Text('x') } }).anew, [
    { by: 'r', commitment: commitmentsOf({}, { body: SALT }, body).body },
  ])
  assert.equal(heldOf({ seq: 1, of }).anew?.[0]?.commitment, undefined)
  assert.deepEqual(
    heldOf({ seq: 1, of: { json: '{"kind":"asked","exchange":"e","at":1,"model":"m"}', version: 2 } }).unknown,
    ['model'],
  )
})

test('JSON that no leaf can be made of is a fault of its entry, and of no other', () => {
  const of = { json: '{"kind":"asked","exchange":"e","at":1e400}', salt, version: 2 } as const
  const { fault, leaf } = heldOf({ seq: 3, by: ['n'], of })
  assert.match(fault ?? '', /no leaf/)
  assert.equal(leaf, undefined)
})
