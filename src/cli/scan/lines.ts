/** Texts to scan, one JSON object a line. Reads a file or stdin as it comes; keeps no line. */
import { createReadStream } from 'node:fs'
import { Fault } from '#exchange'

export interface Row {
  readonly id: string | number
  readonly text: string
}

/** The bytes of a file, or of stdin for `-`. @throws usage.input */
export async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* file === '-' ? process.stdin : createReadStream(file)
  } catch (cause) {
    throw new Fault('usage.input', `${file}: ${(cause as NodeJS.ErrnoException).code ?? cause}`, { cause })
  }
}

/** The rows `{id,text}` of a file of JSON lines; empty lines are passed over. @throws usage.input with file and line */
export async function* rowsOf(file: string): AsyncGenerator<Row> {
  let number = 0
  for await (const line of linesOf(file)) {
    number++
    if (line.trim() !== '') yield rowOf(line, `${file}:${number}`)
  }
}

/** Lines end with a line feed alone: a JSON string may hold any other separator as it is. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false })
  let rest = ''
  for await (const bytes of bytesOf(file)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield rest + decoder.decode()
}

function rowOf(line: string, at: string): Row {
  const value = parsed(line, at)
  const { id, text } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<string, unknown>>
  if (typeof id !== 'string' && typeof id !== 'number') throw new Fault('usage.input', `${at}: id is no text or number`)
  if (typeof text !== 'string') throw new Fault('usage.input', `${at}: text is no text`)
  return { id, text }
}

/** What the JSON parser says is left out: it quotes the line, and the line may hold a secret. */
function parsed(line: string, at: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new Fault('usage.input', `${at}: it is no JSON`, { cause })
  }
}
