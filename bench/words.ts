// What a model's answer looks like on the wire: own prose and code, cut into the word pieces that tokenizers make. No
// recorded text; the cut is measured against recorded streams in docs/decisions/003.

const TEXT = `Here is the change. The loader now reads its settings once, checks every field, and says which one is wrong.

\`\`\`ts
import { readFile } from 'node:fs/promises'

export interface Settings {
  readonly host: string
  readonly port: number
  readonly retries: number
}

/** Reads settings from a file. Throws where a field is missing. */
export async function loadSettings(path: string): Promise<Settings> {
  const text = await readFile(path, 'utf8')
  const parsed = JSON.parse(text) as Partial<Settings>
  const missing = ['host', 'port', 'retries'].filter((name) => !(name in parsed))
  if (missing.length > 0) throw new Error(\`missing: \${missing.join(', ')}\`)
  for (const [name, value] of Object.entries(parsed)) console.log(name, value)
  return { host: parsed.host ?? 'localhost', port: Number(parsed.port), retries: 3 }
}
\`\`\`

**What changed**

1. \`loadSettings\` is asynchronous, so that start-up does not block while the disk is slow.
2. Unknown fields are ignored; missing ones are named together, not one at a time.
3. Retries stay at three, because the tests in \`settings.test.ts\` depend on it.

Run \`npm test\` to see the new cases pass. If you keep tokens or passwords in that file, move them to the environment:

\`\`\`bash
export API_TOKEN="$(cat ~/.config/app/token)"
git add src/settings.ts && git commit -m "Read settings once"
\`\`\`

I also looked at the callers. Two of them passed a URL where a path was expected; both are fixed, and the type says so now.
`

/** A word with the space before it, in pieces of at most eight letters; numbers by threes; runs of signs; line ends. */
const PIECE = / ?[A-Za-z]{1,8}| ?\d{1,3}| ?[^\sA-Za-z\d]{1,3}|\n+| {2,}(?= )|\s/g

/** A text as deltas: as a tokenizer would cut it, or every four characters. */
export const piecesOf = (text: string, four: boolean): readonly string[] =>
  text.match(four ? /[\s\S]{1,4}/g : PIECE) ?? []

/** The first `count` deltas of an answer that goes on for ever. */
export function deltasOf(count: number, four: boolean): string[] {
  const pieces = piecesOf(TEXT, four)
  return Array.from({ length: count }, (_, at) => pieces[at % pieces.length] ?? '')
}

const sse = (data: { readonly type?: string }): string =>
  `${data.type ? `event: ${data.type}\n` : ''}data: ${JSON.stringify(data)}\n\n`

/** Random padding of up to sixteen characters, as one provider sends it, made from the event's number. */
const padding = (nth: number): string => 'Qup1BsQ3yhjoJbEF'.slice(0, (nth * 7) % 16)

/** One event in a provider's own form. */
export function eventOf(protocol: string, text: string, nth: number): string {
  if (protocol === 'responses') {
    const at = { output_index: 0, content_index: 0 }
    const id = `msg_${padding(nth)}0a1b2c3d4e5f60718293a4b5c6d7e8f9`
    return sse({
      type: 'response.output_text.delta',
      item_id: id,
      ...at,
      delta: text,
      sequence_number: nth,
      obfuscation: padding(nth),
    } as never)
  }
  if (protocol === 'messages')
    return sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as never)
  return sse({
    id: 'chatcmpl-Cx81kQ0s2mVnB4tYq7LrWzE9uPdHa',
    object: 'chat.completion.chunk',
    created: 1795600000,
    model: 'gpt-4.1-2025-04-14',
    service_tier: 'default',
    system_fingerprint: 'fp_de604bd877',
    choices: [{ index: 0, delta: { content: text }, logprobs: null, finish_reason: null }],
    usage: null,
    obfuscation: padding(nth),
  } as never)
}
