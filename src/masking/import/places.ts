/** Where in a TOML text a key or a table stands, for messages: the parser tells that of broken syntax only. Reads no value. */

interface Place {
  readonly path: string
  readonly line: number
}

/** Lines are counted from 1. */
export class Places {
  readonly #places: readonly Place[]

  constructor(text: string) {
    this.#places = placesOf(text)
  }

  /** The line of a path such as `['rules', 3, 'regex']`, or of the nearest table above it; 1 where nothing is found. */
  line(path: readonly PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth--) {
      const wanted = nameOf(path.slice(0, depth))
      const found = this.#places.find((place) => place.path === wanted)
      if (found) return found.line
    }
    return 1
  }
}

const nameOf = (path: readonly PropertyKey[]): string => path.map((key) => String(key).toLowerCase()).join('\n')

const HEADER = /[ \t]*\[(\[?)[ \t]*([^\]\n]+?)[ \t]*\]\]?/y
const KEY = /[ \t]*([\w."'-]+)[ \t]*=/y
/** What a value is made of: strings of four kinds, a comment, a bracket, the end of a line. */
const TOKEN = /'''[\s\S]*?'''+|"""(?:[^\\]|\\[\s\S])*?"""+|'[^'\n]*'|"(?:[^"\\\n]|\\.)*"|#[^\n]*|[[{\]}\n]/g

function placesOf(text: string): Place[] {
  const places: Place[] = []
  const counts = new Map<string, number>()
  let table: readonly PropertyKey[] = []
  for (let at = 0, line = 1; at < text.length; ) {
    const header = found(HEADER, text, at)
    const key = header ? undefined : found(KEY, text, at)
    if (header) table = tableOf(header[2]!.split('.').map(bare), header[1] === '[', counts)
    if (header) places.push({ path: nameOf(table), line })
    if (key) places.push({ path: nameOf([...table, ...key[1]!.split('.').map(bare)]), line })
    const end = endOf(text, at + (header ?? key ?? [''])[0].length)
    line += text.slice(at, end).split('\n').length - 1
    at = end
  }
  return places
}

function found(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}

/** Just past the line in which a value that begins at `at` ends. */
function endOf(text: string, at: number): number {
  let depth = 0
  TOKEN.lastIndex = at
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    const [mark] = token
    if (mark === '[' || mark === '{') depth++
    else if (mark === ']' || mark === '}') depth--
    else if (mark === '\n' && depth <= 0) return TOKEN.lastIndex
  }
  return text.length
}

const bare = (key: string): string => key.trim().replace(/^["']|["']$/g, '')

/** The path of a table, with the index of each array of tables on its way. */
function tableOf(keys: readonly string[], isArray: boolean, counts: Map<string, number>): PropertyKey[] {
  const path: PropertyKey[] = []
  keys.forEach((key, depth) => {
    path.push(key)
    const name = nameOf(path)
    const isLast = depth === keys.length - 1
    if (isLast && isArray) counts.set(name, (counts.get(name) ?? -1) + 1)
    if (counts.has(name)) path.push(counts.get(name)!)
  })
  return path
}
