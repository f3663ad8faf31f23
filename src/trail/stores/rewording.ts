/** Cases for every store: by which words a body is found once it was written anew. Never used by the product. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Revision } from '../revision.ts'
import type { Store } from '../store.ts'
import { holds, MOST_WORDS, soughtOf, wordsOf } from '../words.ts'
import { ask, bodyOf, commit, ending, idOf, opening } from './made.ts'

const GONE = '[masked:erased]'

interface Reworded {
  readonly was: string
  /** Undefined: nobody can read it any more. */
  readonly says: string | undefined
  readonly found?: readonly string[]
  readonly lost?: readonly string[]
}

const LONG = Array.from({ length: 30_000 }, (_, nth) => `row ${nth} says abcd${nth}x`).join('\n')

const TABLE: readonly Reworded[] = [
  {
    was: String.raw`x = "tab\nfirst Katharina it is\nnext"`,
    says: String.raw`x = "tab\n${GONE}\nnext"`,
    found: ['x', 'tab', 'nnext', '"x tab"'],
    lost: ['nfirst', 'katharina', 'it', '"it is"', '"tab nnext"', 'masked', '"masked erased"'],
  },
  {
    was: 'the house of Katharina, and the garden of Anna, of the house',
    says: `the house of ${GONE}, and the garden of Anna, of the house`,
    found: ['of', '"the house of"', '"and the garden of anna of the house"'],
    lost: ['katharina', '"of and"', '"house of and"'],
  },
  { was: 'Anna. Ott came. Anna Ott', says: `Anna. Ott came. ${GONE}`, found: ['"anna ott came"', 'ott'] },
  {
    was: 'so Katharina Wunderlich; Katharina; Wunderlich then',
    says: `so ${GONE}; Katharina; and Wunderlich then`,
    found: ['katharina', 'wunderlich', '"wunderlich then"'],
    lost: ['"katharina wunderlich"', '"so katharina"'],
  },
  {
    was: 'get_user_name getUserName userName WunderlichKatharina',
    says: `getUserName userName ${GONE}`,
    found: ['getusername', 'get_user_name', 'userName', 'name'],
    lost: ['wunderlichkatharina', 'wunderlich', '"username wunderlich"'],
  },
  {
    was: '注意：その顧客はヴンダーリッヒ夫人ですから秘密',
    says: `注意：その${GONE}ですから秘密`,
    found: ['注意', '秘密', '"ですから秘密"'],
    lost: ['その顧客はヴンダーリッヒ夫人ですから秘密', '夫人', '顧客', 'その顧客'],
  },
  { was: 'cafe\u0301 Graz', says: 'caf\u00e9', found: ['café'], lost: ['graz'] },
  { was: 'katharina', says: GONE, lost: ['katharina'] },
  { was: 'katharina was here', says: undefined, lost: ['katharina', 'here'] },
  {
    was: LONG,
    says: LONG.replace(/^row 7 .*$/m, GONE).replace(/^row 8 .*$/m, GONE),
    found: ['row', 'abcd6x', 'abcd9x', '"row 6 says abcd6x"', '"row 19999 says abcd19999x"'],
    lost: ['abcd7x', '"row 7"', '"abcd6x row 9"', 'abcd29999x'],
  },
]

const numbers = async (store: Store, text: string) => {
  const { rows } = await store.find(ask(text), { limit: 100 })
  return rows.map(({ opening: { exchange } }) => Number.parseInt(exchange.slice(24), 16))
}

const revising = (bodies: readonly [number, 'prompt' | 'reply', string | undefined][]): Revision => ({
  ...{ by: idOf(900), erased: [], notes: [] },
  bodies: bodies.map(([nth, part, says]) => ({
    ...{ exchange: idOf(nth), part, bytes: Buffer.from(says ?? '?'), salt: Buffer.alloc(32, 7), findings: [] },
    ...(says !== undefined && { says }),
  })),
})

/** What a body says by now and was found by, it is found by still, word by word and as phrases; by all else it is not. */
export async function rewords(store: Store): Promise<void> {
  assert.ok(wordsOf(LONG).flow.length === MOST_WORDS)
  const all = TABLE.flatMap((one, at) => [
    { ...one, nth: 1 + 2 * at, part: 'prompt' as const },
    ...(one.was === LONG ? [] : [{ ...one, nth: 2 + 2 * at, part: 'reply' as const }]),
  ])
  for (const { nth, part, was } of all) {
    const said = { body: bodyOf(`old ${nth}`), text: was }
    await commit(store, opening(idOf(nth), part === 'prompt' ? said : {}))
    await commit(store, ending(idOf(nth), part === 'reply' ? said : {}))
  }
  for (let times = 0; times < 2; times++) {
    for (const { nth, was, found = [], lost = [] } of times === 0 ? all : [])
      for (const text of [...found, ...lost].filter((each) => holds(wordsOf(was), soughtOf(each.replaceAll('"', '')))))
        assert.ok((await numbers(store, text)).includes(nth), `${text} before`)
    await store.revise(revising(all.map(({ nth, part, says }) => [nth, part, says])))
    for (const { nth, part, found = [], lost = [] } of all) {
      for (const text of found) assert.ok((await numbers(store, text)).includes(nth), `${part}: ${text} is lost`)
      for (const text of lost) assert.ok(!(await numbers(store, text)).includes(nth), `${part}: ${text} finds it`)
    }
  }
}

/** Words and phrases of two, whatever was said and is said now: found are those that were said and are. Twice over. */
export async function rewordsAnything(store: Store): Promise<void> {
  const word = fc.constantFrom('anna', 'ott', 'graz', 'getUser', 'ヴ夫', 'b\nc', '-', '...')
  const text = fc.array(word, { minLength: 1, maxLength: 9 }).map((words) => words.join(' '))
  const parts = ['anna', 'ott', 'get', 'user', '夫', 'c']
  const pairs = parts.flatMap((one) => parts.map((other) => `${one} ${other}`))
  let nth = 0
  const one = async (was: string, ...says: string[]) => {
    await commit(store, opening(idOf(++nth), { body: bodyOf('old'), text: was }))
    for (const each of says) await store.revise(revising([[nth, 'prompt', each]]))
    for (const sought of [...parts, ...pairs, 'getuser', 'ヴ夫']) {
      const isFound = (await numbers(store, `"${sought}"`)).includes(nth)
      const isSaid = [was, ...says].every((said) => holds(wordsOf(said), soughtOf(sought)))
      assert.equal(isFound, isSaid, sought)
    }
  }
  await fc.assert(fc.asyncProperty(text, text, text, one), { numRuns: 15 })
}
