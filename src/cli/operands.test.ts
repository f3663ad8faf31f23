/** What of a command line is the query: parts that begin with a dash too, wherever they stand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { QUERY } from './commands/search.ts'
import { withOperands } from './operands.ts'
import { gatelog } from './program.ts'

/** The query that a command line asks, and its options. */
function asked(...args: string[]) {
  const program = gatelog()
  const found: { query?: string; limit?: number; config?: string } = {}
  for (const command of program.commands.filter(({ registeredArguments: [first] }) => first?.name() === 'query'))
    command.action((query: string[], { limit }: { limit: number }, of: Command) => {
      Object.assign(found, { query: query.join(' '), limit, config: of.optsWithGlobals()['config'] })
    })
  program.parse(withOperands(program, args), { from: 'user' })
  return found
}

const KEYS = [...QUERY.matchAll(/\b([a-z]+):/g)].map(([, key]) => key ?? '')

for (const command of ['search', 'sessions'])
  test(`${command}: every key of the query may be negated at its head`, () => {
    assert.ok(KEYS.includes('client') && KEYS.includes('user') && KEYS.length > 14)
    for (const key of KEYS) {
      const part = `-${key}:value`
      assert.equal(asked(command, part).query, part)
      assert.equal(asked(command, `${part} after:1h`).query, `${part} after:1h`)
      assert.equal(asked(command, 'after:1h', part, '--limit', '7').query, `after:1h ${part}`)
    }
  })

const SAME: readonly (readonly [args: readonly string[], query: string])[] = [
  [['-"hello" user:ana'], '-"hello" user:ana'],
  [['-hello'], '-hello'],
  [['-5'], '-5'],
  [['-clear'], '-clear'],
  [['user:ana', '-client:curl'], 'user:ana -client:curl'],
  [['--', '-user:ana'], '-user:ana'],
  [[], ''],
]
for (const [args, query] of SAME)
  test(`search ${args.join(' ')}`, () => {
    const { limit, config, ...rest } = asked('--config', 'x.yaml', 'search', '--limit', '3', ...args)
    assert.deepEqual([rest.query, limit, config], [query, 3, 'x.yaml'])
    assert.deepEqual(asked('search', ...args.filter((arg) => arg !== '--')).query, query)
  })

test('what is an option stays one: values, long ones, help', () => {
  const same = (...args: string[]) => assert.deepEqual(withOperands(gatelog(), args), args)
  same('search', '--before', '-abc', '--secret')
  same('search', '-h')
  same('show', '-x')
  same('--config', 'search', 'keys', 'create')
  assert.throws(() => asked('search', '--no-such'), /unknown option/)
})
