import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Edits, Message, Reply, ToolCall } from '#exchange'
import { type AskedFor, deriving, formOf } from './index.ts'

const replyOf = (text: string, ...toolCalls: ToolCall[]): Reply => ({
  ...{ text, toolCalls, reasoning: '', citations: [], filters: [] },
})

const said = (...texts: string[]): Message[] => texts.map((text) => ({ role: 'user', text }))

function derived(reply: Reply, asked: Partial<AskedFor> = {}): Edits | undefined {
  const steps = deriving(reply, { messages: [], ...asked })
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** Each unit in a line: what, where, which lines, which of them are new. */
const told = (reply: Reply, asked: Partial<AskedFor> = {}): string[] =>
  (derived(reply, asked)?.units ?? []).map(
    ({ from, path = '-', language = '-', call = '-', field = '-', lines, fresh }) =>
      [from, path, language, call, field, lines.join('-'), fresh.join(',')].join(' '),
  )

const CODE = 'const total = price * count\nreturn total + tax(total)\n'
const FENCES: readonly (readonly [string, string[]])[] = [
  ['no code at all', []],
  [`Here:\n\`\`\`ts\n${CODE}\`\`\`\nDone.`, ['fence - ts - - 3-4 3,4']],
  [`~~~~ python src/app.py\n${CODE}~~~\n~~~~`, ['fence src/app.py python - - 2-4 2,3']],
  [`\`\`\`typescript:src/a.ts\n${CODE}\`\`\``, ['fence src/a.ts typescript - - 2-3 2,3']],
  [`\`\`\`src/a.ts\n${CODE}\`\`\``, ['fence src/a.ts - - - 2-3 2,3']],
  [`\`\`\`ts title="lib/b.ts"\n${CODE}\`\`\``, ['fence lib/b.ts ts - - 2-3 2,3']],
  [`**\`src/a.ts\`**:\n\n\`\`\`ts\n${CODE}\`\`\``, ['fence src/a.ts ts - - 4-5 4,5']],
  [`### src/a.ts\n\`\`\`ts\n${CODE}\`\`\``, ['fence src/a.ts ts - - 3-4 3,4']],
  [`\`\`\`js\n// filepath: /repo/x/index.js\n${CODE}\`\`\``, ['fence /repo/x/index.js js - - 2-4 3,4']],
  [`\`\`\`ts\n${CODE}`, ['fence - ts - - 2-4 2,3']],
  [`\`\`\`\`md\n\`\`\`ts\n${CODE}\`\`\`\n\`\`\`\``, ['fence - md - - 2-5 3,4']],
  [`- a list\n  \`\`\`go\n  ${CODE}  \`\`\`\n`, ['fence - go - - 3-4 3,4']],
  [
    '```diff\n--- a/x.ts\n+++ b/x.ts\n@@ -1 +1,2 @@\n-old line was here\n+new line is here\n ctx is left out\n```',
    ['patch x.ts - - - 6-6 6'],
  ],
  [
    'x.py\n```python\n<<<<<<< SEARCH\na = one(b)\n=======\na = one(b)\nc = two(d)\n>>>>>>> REPLACE\n```',
    ['patch x.py python - - 6-7 7'],
  ],
  ['```ts\n// ...existing code...\nconst a = b(c)\n});\n} else {\nreturn null\n```', ['fence - ts - - 2-6 3']],
]
for (const [text, expected] of FENCES)
  test(`blocks of a text: ${JSON.stringify(text.slice(0, 50))}`, () => assert.deepEqual(told(replyOf(text)), expected))

const PATCH = [
  ...['*** Begin Patch', '*** Add File: src/new.ts', '+const made = here(now)', '*** Update File: src/old.ts'],
  ...['*** Move to: src/moved.ts', '@@ function f() {', ' const kept = as(it, was)', '-const gone = by(now)'],
  ...['+const came = in(place)', '+const gone = by(now)', '*** Delete File: x.ts', '*** End Patch'],
].join('\n')
const HEREDOC = `mkdir -p src && cat > src/run.sh <<'EOF'\nset -e x && do it\nEOF\ncat <<-END | tee -a "notes.md"\n\tone two three\n\tEND`

const CALLS: readonly (readonly [string, unknown, string[]])[] = [
  [
    'Edit',
    { file_path: 'a.ts', old_string: 'const b = c(d)', new_string: 'const b = c(d)\nconst e = f(g)' },
    ['edit a.ts - 0 new_string 1-2 2'],
  ],
  ['Write', { file_path: 'a.ts', content: CODE }, ['edit a.ts - 0 content 1-3 1,2']],
  [
    'MultiEdit',
    { file_path: 'a.ts', edits: [{ old_string: 'x', new_string: 'const e = f(g)' }, { new_string: CODE }] },
    ['edit a.ts - 0 edits.0.new_string 1-1 1', 'edit a.ts - 0 edits.1.new_string 1-3 1,2'],
  ],
  [
    'replace_string_in_file',
    { filePath: 'a.ts', oldString: 'x', newString: CODE },
    ['edit a.ts - 0 newString 1-3 1,2'],
  ],
  [
    'multi_replace',
    {
      replacements: [
        { filePath: 'a.ts', newString: CODE },
        { filePath: 'b.ts', newString: CODE },
      ],
    },
    ['edit a.ts - 0 replacements.0.newString 1-3 1,2', 'edit b.ts - 0 replacements.1.newString 1-3 1,2'],
  ],
  ['create_file', { filePath: 'a.ts', content: CODE }, ['edit a.ts - 0 content 1-3 1,2']],
  ['insert_edit_into_file', { filePath: 'a.ts', code: `// …existing code…\n${CODE}` }, ['edit a.ts - 0 code 1-4 2,3']],
  [
    'str_replace_based_edit_tool',
    { command: 'str_replace', path: 'a.ts', old_str: 'x', new_str: CODE },
    ['edit a.ts - 0 new_str 1-3 1,2'],
  ],
  ['str_replace_editor', { command: 'create', path: 'a.ts', file_text: CODE }, ['edit a.ts - 0 file_text 1-3 1,2']],
  ['create', { path: 'a.ts', file_text: CODE }, ['edit a.ts - 0 file_text 1-3 1,2']],
  ['apply_patch', { input: PATCH }, ['patch src/new.ts - 0 input 3-3 3', 'patch src/moved.ts - 0 input 9-10 9']],
  ['apply_patch', PATCH, ['patch src/new.ts - 0 - 3-3 3', 'patch src/moved.ts - 0 - 9-10 9']],
  [
    'apply_patch_call',
    { type: 'update_file', path: 'a.ts', diff: '@@\n-old is it\n+new is it\n' },
    ['patch a.ts - 0 diff 3-3 3'],
  ],
  ['Bash', { command: HEREDOC }, ['shell src/run.sh - 0 command 2-2 2', 'shell notes.md - 0 command 5-5 5']],
  [
    'shell',
    { command: ['bash', '-lc', `apply_patch <<'EOF'\n${PATCH}\nEOF`] },
    ['patch src/new.ts - 0 command.2 4-4 4', 'patch src/moved.ts - 0 command.2 10-11 10'],
  ],
  ['local_shell_call', { type: 'exec', command: ['python3', '-c', 'x'] }, []],
  ['exec', { cmd: 'python3 - <<PY\nopen(a, b).write(c)\nPY' }, ['shell - python 0 cmd 2-2 2']],
  ['send_message', { to: 'ana', content: CODE }, []],
  ['Read', { file_path: 'a.ts', limit: 3 }, []],
  ['Bash', { command: 'cat <<< word; echo $((1<<2)); a <<1' }, []],
]
for (const [name, args, expected] of CALLS)
  test(`edits of a call: ${name} ${JSON.stringify(args).slice(0, 60)}`, () =>
    assert.deepEqual(told(replyOf('', { name, arguments: args })), expected))

test('ghost text is a whole unit; its first and last line are whole with what stands beside the cursor', () => {
  const inline = { path: 'a.py', language: 'python', before: 'def area(', after: ' # end' }
  const edits = derived(replyOf('w, h):\n    return w * h'), { inline })
  assert.deepEqual(edits?.units, [
    { from: 'completion', path: 'a.py', language: 'python', lines: [1, 2], fresh: [1, 2] },
  ])
  assert.deepEqual(edits?.forms, ['defarea(wh):', 'returnw*h#end'])
  assert.equal(derived(replyOf(' \n'), { inline }), undefined)
})

test('lines that the prompt held in any guise are not the reply’s', () => {
  const code = [
    'alpha = one(two)',
    'beta = two(three)',
    'gamma = three(four)',
    'delta = four(five)',
    'own = work(here)',
  ]
  const reply = replyOf(`\`\`\`\n${code.join('\n')}\n\`\`\``)
  const shown = [
    '    12→alpha  =  one( two );',
    'src/a.py:34:beta = two(three)',
    '+gamma = three(four)',
    '  7\tdelta = four(five)',
  ]
  assert.deepEqual(told(reply, { messages: said(...shown) }), ['fence - - - - 2-6 6'])
  const call = { name: 'Edit', arguments: { edits: [{ text: 'own = work(here)' }] } }
  const earlier: Message[] = [{ role: 'assistant', text: '', toolCalls: [call] }]
  assert.deepEqual(told(reply, { messages: [...earlier, ...said(shown.join('\n'))] }), ['fence - - - - 2-6 '])
  assert.deepEqual(told(reply, { messages: said('alphaone(two) beta = two(three) own = work(her') }), [
    'fence - - - - 2-6 2,3,4,5,6',
  ])
})

test('what a line is: white space, quotes and commas at will; trifles and what is too long are none', () => {
  assert.equal(formOf('  const a = "x", b = `y`;'), "consta='x'b='y'")
  assert.equal(formOf("const a='x',b='y'"), "consta='x'b='y'")
  for (const trifle of [
    '',
    '});',
    '} else {',
    'return null;',
    'i++',
    '// ... existing code ...',
    `a b c${'x'.repeat(3000)}`,
  ])
    assert.equal(formOf(trifle), undefined, trifle.slice(0, 30))
})

const piece = fc.oneof(
  fc.constantFrom(
    'a',
    'b1',
    ' ',
    '\t',
    '"',
    '`',
    ';',
    ',',
    '=',
    '(',
    '12',
    '→',
    '+',
    '-',
    ':',
    '\u00a0',
    '\ufeff',
    'é',
  ),
  fc.string({ maxLength: 3, unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
)
const line = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''))

test('a line is held exactly where the prompt has a line of the same form, or one behind a prefix', () => {
  const one = (lines: readonly string[], prompt: readonly string[]) => {
    const edits = derived(replyOf(`\`\`\`\`\`\`x\n${lines.join('\n')}\n\`\`\`\`\`\``), {
      messages: said(prompt.join('\n')),
    })
    const forms = new Set(prompt.flatMap((each) => formOf(each) ?? []))
    const fresh = new Set(edits?.forms ?? [])
    for (const each of fresh) assert.ok(!forms.has(each), `${each} stands in the prompt`)
    const behind = prompt.flatMap((each) => [...each].flatMap((_, at) => formOf(each.slice(at)) ?? []))
    for (const each of lines.flatMap((text) => formOf(text) ?? []))
      if (!fresh.has(each)) assert.ok(forms.has(each) || behind.includes(each), `${each} stands nowhere`)
  }
  fc.assert(fc.property(fc.array(line, { maxLength: 8 }), fc.array(line, { maxLength: 8 }), one), { numRuns: 400 })
})

test('more than is looked at is told to be cut', () => {
  const lines = Array.from({ length: 6000 }, (_, at) => `const v${at} = make(${at})`).join('\n')
  const many = derived(replyOf(`\`\`\`\n${lines}\n\`\`\``))
  assert.deepEqual([many?.forms.length, many?.cut], [4096, true])
  const blocks = derived(replyOf('```\na = b(c)\n```\n'.repeat(400)))
  assert.deepEqual([blocks?.units.length, blocks?.cut], [256, true])
  const long = derived(
    replyOf(`\`\`\`\n${CODE}\`\`\`\n`, { name: 'Write', arguments: { path: 'a', content: 'x'.repeat(2 ** 20) } }),
  )
  assert.deepEqual([long?.units.length, long?.cut], [1, true])
  assert.equal(derived(replyOf(`\`\`\`\n${CODE}\`\`\``))?.cut, undefined)
})

/** Steps that a text of so many repeats takes, as instructions of a clock that only this work moves. */
const cost = (make: (times: number) => [Reply, Message[]], times: number): number => {
  const [reply, messages] = make(times)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 2; round++) {
    const before = process.cpuUsage()
    derived(reply, { messages })
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, user + system)
  }
  return best
}

const HOSTILE: Record<string, (times: number) => [Reply, Message[]]> = {
  'open fences': (times) => [replyOf('```x\n~~~y\n'.repeat(times)), []],
  'blank lines before fences': (times) => [replyOf('\n'.repeat(times) + '```\na = b(c)\n```\n'.repeat(times)), []],
  'here-documents that never end': (times) => [
    replyOf('', { name: 'Bash', arguments: { command: 'a <<E <<F\n'.repeat(times) } }),
    [],
  ],
  'less-than signs': (times) => [
    replyOf('', { name: 'Bash', arguments: { command: `${'<'.repeat(times * 9)}<<` } }),
    [],
  ],
  'patches without end': (times) => [
    replyOf('', { name: 'p', arguments: { input: '*** Update File: x\n@@\n+a = b(c)\n'.repeat(times) } }),
    [],
  ],
  'equal signs': (times) => [replyOf(`\`\`\`\n<<<<<<< SEARCH\n${'=====  \n'.repeat(times)}\n\`\`\``), []],
  'prompts of many short lines': (times) => [replyOf(`\`\`\`\n${CODE}\`\`\``), said('1:2:3:-+>\n'.repeat(times))],
  'prompts of one line': (times) => [replyOf(`\`\`\`\n${CODE}\`\`\``), said(':1'.repeat(times * 5))],
  'deep arguments': (times) => [
    replyOf('', { name: 'x', arguments: Array(times).fill({ path: 'a', edits: [[{ content: 'a = b(c)' }]] }) }),
    [],
  ],
  'long info': (times) => [replyOf(`\`\`\`${'a/'.repeat(times * 4)}.`), []],
}
for (const [name, make] of Object.entries(HOSTILE))
  test(`hostile text costs no more than its length: ${name}`, () => {
    cost(make, 500)
    const [small, large] = [cost(make, 1000), cost(make, 8000)]
    assert.ok(large < 20 * Math.max(small, 1000), `${small} µs for 1,000, ${large} µs for 8,000`)
  })
