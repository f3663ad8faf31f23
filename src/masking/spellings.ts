/** How a known value is written where its characters cannot stand as they are: sought as values beside it. Decodes nothing. */

/** What the decoders of `coding.ts` read in every spelling. */
const PRINTABLE = /^[ -~]*$/
/** What a form, or JSON within a text, writes otherwise. */
const OTHERWISE = /[ "\\]/

/**
 * Whole spellings of a value that the engine decodes in no other way: in an address and in a form by its bytes of UTF-8, in JSON
 * and code by its units of UTF-16, in base64 and hexadecimal by its bytes, but for what of them it shares with its neighbours.
 */
export function spellingsOf(value: string): string[] {
  if (PRINTABLE.test(value) && !OTHERWISE.test(value)) return []
  const spelled = [jsonOf(value), jsonOf(jsonOf(value)), ...inAddress(value).map((one) => one.replaceAll('%20', '+'))]
  if (!PRINTABLE.test(value)) spelled.push(...inAddress(value), ...inCode(value), ...inBytes(Buffer.from(value)))
  return [...new Set(spelled)].filter((one) => one !== value)
}

const jsonOf = (text: string): string => JSON.stringify(text).slice(1, -1)

const bothCases = (text: string, escapes: RegExp): string[] => [
  text,
  text.replace(escapes, (sign) => sign.toLowerCase()),
]

const inAddress = (text: string): string[] =>
  [encodeURIComponent(text), encodeURI(text)].flatMap((one) => bothCases(one, /%../g))

const inCode = (text: string): string[] =>
  bothCases(
    jsonOf(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`),
    /\\u..../g,
  )

function inBytes(bytes: Buffer): string[] {
  const hex = bytes.toString('hex')
  return [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((shift) => inBase64(bytes, shift))]
}

/** Behind `shift` bytes of a group of three: a letter that says something of a neighbour is none of its own. */
function inBase64(bytes: Buffer, shift: number): string[] {
  const letters = Buffer.concat([Buffer.alloc(shift), bytes])
  const [from, to] = [Math.ceil((shift * 8) / 6), Math.floor((letters.length * 8) / 6)]
  return (['base64', 'base64url'] as const).map((kind) => letters.toString(kind).slice(from, to))
}
