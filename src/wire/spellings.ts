/** Token probabilities spell a reply once more, also as numbers: where it was masked they go. Reads valid JSON only. */

const KEY = '"logprobs"'
const QUOTE = 34
const BACKSLASH = 92

/**
 * The JSON text with every `logprobs` object as `null` and every such list as `[]`; the very same text where there is
 * none. Other values spell nothing and stay: in a prompt `logprobs` is what the client wishes.
 */
export function withoutSpellings(json: string): string {
  if (!json.includes(KEY)) return json
  let out = ''
  let from = 0
  for (let at = 0; at < json.length; at++) {
    if (json.charCodeAt(at) !== QUOTE) continue
    const end = closeOf(json, at)
    const colon = afterSpace(json, end)
    if (json.slice(at, end) === KEY && json[colon] === ':') {
      const start = afterSpace(json, colon + 1)
      out += json.slice(from, start)
      from = valueEnd(json, start)
      out += emptied(json.slice(start, from))
      at = from - 1
    } else at = end - 1
  }
  return out + json.slice(from)
}

/** The same kind of value with nothing in it: providers refuse `null` where a list belongs. */
const emptied = (value: string): string => (value[0] === '{' ? 'null' : value[0] === '[' ? '[]' : value)

/** Past the closing quote of the string that begins here. */
function closeOf(json: string, at: number): number {
  let end = at + 1
  while (end < json.length && json.charCodeAt(end) !== QUOTE) end += json.charCodeAt(end) === BACKSLASH ? 2 : 1
  return end + 1
}

function afterSpace(json: string, at: number): number {
  let next = at
  while (/\s/.test(json[next] ?? '')) next++
  return next
}

/** Past the value that begins here. */
function valueEnd(json: string, start: number): number {
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const char = json[at] ?? ''
    if (char === '"') at = closeOf(json, at) - 1
    else if ('{['.includes(char)) depth++
    else if ('}]'.includes(char)) {
      if (depth === 0) return at
      depth--
    } else if (char === ',' && depth === 0) return at
    if (depth === 0 && '}]'.includes(char)) return at + 1
  }
  return json.length
}
