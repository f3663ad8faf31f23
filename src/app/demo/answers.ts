/** What the demo's model says. Secrets are put together at run time from random characters and open nothing. */
import type { Asked, DemoCall, Utterance } from './speaker.ts'

/** A number in [0, 1); `Math.random` or a seeded one. */
export type Random = () => number

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const FENCE = '```'

/** The demo's answer. A prompt with "tool" gets a call; one with token, key, secret or config gets a fake secret. */
export function answer(asked: Asked, random: Random): Utterance {
  const secret = /token|key|secret|config/i.test(asked.prompt)
  if (/\btools?\b/i.test(asked.prompt) && !asked.answered) {
    const call = callOf(asked.tool ?? 'read_file', secret, random)
    return { text: '', call, deltas: cut(call.arguments, random) }
  }
  const text = secret && !asked.answered ? configLoader(random) : clean(asked, random)
  return { text, deltas: cut(text, random) }
}

/** The characters before a cursor, carried on: an inline completion. */
export function completion(asked: Asked, random: Random): Utterance {
  const text = /token|key|secret|config/i.test(asked.prompt)
    ? ` '${githubToken(random)}'\n`
    : '\n  return items.reduce((sum, item) => sum + item.price * item.quantity, 0)\n}\n'
  return { text, deltas: cut(text, random) }
}

function configLoader(random: Random): string {
  return `Here is a small config loader. It reads the environment first and falls back to defaults:

${FENCE}ts
import { readFileSync } from 'node:fs'

export interface Config {
  readonly port: number
  readonly githubToken: string
  readonly awsAccessKeyId: string
}

const defaults: Config = {
  port: 8080,
  githubToken: '${githubToken(random)}',
  awsAccessKeyId: '${awsKeyId(random)}',
}

export function loadConfig(path: string): Config {
  const file = JSON.parse(readFileSync(path, 'utf8'))
  return { ...defaults, ...file, port: Number(process.env.PORT ?? file.port ?? defaults.port) }
}
${FENCE}

Do not commit real credentials: keep the defaults empty and read them from your secret store.
`
}

const CLEAN = [
  (topic: string) => `This debounces **${topic}**, so that only the last call within the pause runs:

${FENCE}ts
export function debounce<A extends unknown[]>(run: (...args: A) => void, ms: number) {
  let timer: NodeJS.Timeout | undefined
  return (...args: A) => {
    clearTimeout(timer)
    timer = setTimeout(() => run(...args), ms)
  }
}
${FENCE}

Call it once and keep the function that it returns.
`,
  (topic: string) => `For **${topic}** a small parser is enough:

${FENCE}py
def parse(lines):
    """Yield (name, value) for every line that holds an equals sign."""
    for line in lines:
        name, found, value = line.partition("=")
        if found:
            yield name.strip(), value.strip()
${FENCE}

It skips comments and blank lines, since neither holds an equals sign. 🎉
`,
]

function clean({ prompt }: Asked, random: Random): string {
  const words = prompt
    .replace(/[^\p{L}\p{N} ]+/gu, ' ')
    .trim()
    .split(/\s+/)
    .slice(0, 6)
    .join(' ')
  return pick(CLEAN, random)(words || 'your request')
}

function callOf(name: string, secret: boolean, random: Random): DemoCall {
  const found = secret ? { header: `Authorization: token ${githubToken(random)}` } : {}
  return {
    name,
    arguments: JSON.stringify({ path: 'src/config.ts', query: 'load "defaults"\nfirst', limit: 20, ...found }),
  }
}

const githubToken = (random: Random): string => ['gh', 'p_', characters(36, ALPHANUMERIC, random)].join('')

const awsKeyId = (random: Random): string => ['AK', 'IA', characters(16, BASE32, random)].join('')

/** `length` characters of an alphabet. */
export function characters(length: number, alphabet: string, random: Random): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
}

/** Pieces of 2 to 6 characters, as models send them; never half a surrogate pair. */
export function cut(text: string, random: Random): string[] {
  const points = [...text]
  const pieces: string[] = []
  for (let at = 0; at < points.length; ) {
    const size = 2 + Math.floor(random() * 5)
    pieces.push(points.slice(at, at + size).join(''))
    at += size
  }
  return pieces
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T
}

/** What a text costs, at four characters a token. */
export const tokens = (text: string): number => Math.max(1, Math.ceil(text.length / 4))
