/** Makes Go patterns over a small alphabet, and texts that a pattern matches, for the tests. */
import fc from 'fast-check'
import type { Tree } from './tree.ts'

const atoms = fc.constantFrom(
  'a',
  'b',
  'B',
  '1',
  '_',
  '-',
  '"',
  '\\d',
  '\\w',
  '\\s',
  '[ab]',
  '[^a]',
  '.',
  '(?i:b)',
  '\\n',
)
const borders = fc.constantFrom('\\b', '\\B', '^', '$', '(?m:^)', '(?m:$)')
const repeats = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{1,3}', '+?', '{0,2}?')

/** Without a repeat around a border. */
export const patterns: fc.Arbitrary<string> = fc.letrec<{ part: string; whole: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(atoms, repeats).map(([atom, repeat]) => atom + repeat),
    borders,
    tie('whole').map((whole) => `(?:${whole})`),
    tie('whole').map((whole) => `(${whole})`),
  ),
  whole: fc
    .array(
      fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
      {
        minLength: 1,
        maxLength: 2,
      },
    )
    .map((ways) => ways.join('|')),
})).whole

/** Numbers in [0, 1), the same ones for the same seed (Lehmer 1951). */
export function randomOf(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** A text that a tree matches, borders apart; `random` gives [0, 1). */
export function textFor(tree: Tree, random: () => number): string {
  if (tree.kind === 'seq') return tree.items.map((item) => textFor(item, random)).join('')
  if (tree.kind === 'either') return textFor(tree.items[Math.floor(random() * tree.items.length)]!, random)
  if (tree.kind === 'group') return textFor(tree.item, random)
  if (tree.kind === 'border') return ''
  if (tree.kind === 'set') return characterOf(tree.set, random)
  const most = Math.min(tree.max, tree.min + 12)
  const times = tree.min + Math.floor(random() * (most - tree.min + 1))
  return Array.from({ length: times }, () => textFor(tree.item, random)).join('')
}

/** Printable where there is such a one. */
function characterOf(set: Uint8Array, random: () => number): string {
  const all = [...set].flatMap((bit, code) => (bit && code < 128 ? [code] : []))
  const printable = all.filter((code) => code >= 32 && code < 127)
  const from = printable.length ? printable : all
  return String.fromCharCode(from[Math.floor(random() * from.length)]!)
}
