/** Texts from outside as the record may hold them: masked first, cut afterwards. Keeps none that held a secret. */
import { type Engine, maskText } from '#masking'

/** The longest text of outside that an entry keeps, in UTF-16 units. */
const LONGEST_FACT = 1024
/** No head of a request is longer, so that nothing of one is cut before it was looked at. UTF-16 units. */
const LONGEST_SEEN = 1_048_576

/** Texts that a set of rules found clean: user agents, paths, models and tools are the same few. Forgets all once full. */
const clean = new WeakMap<Engine, Set<string>>()
const MOST_CLEAN = 4096
const LONGEST_CLEAN = 256

/** Forgets what was found clean. */
export const forgetFacts = (engine: Engine): void => void clean.delete(engine)

/** The text without its secrets, cut to `longest`: a secret that the cut would go through is whole when it is looked for. */
export function maskFact(engine: Engine, text: string, longest = LONGEST_FACT): string {
  const known = clean.get(engine) ?? new Set()
  if (known.has(text)) return text.slice(0, longest)
  const told = maskedIn(engine, text.slice(0, LONGEST_SEEN))
  if (told !== text || text.length > LONGEST_CLEAN) return told.slice(0, longest)
  if (known.size >= MOST_CLEAN) known.clear()
  clean.set(engine, known.add(text))
  return told.slice(0, longest)
}

/** Masked as it stands; with its escapes resolved where that shows a secret, as any reader could. */
function maskedIn(engine: Engine, text: string): string {
  const told = maskText(engine, text, 'text').text
  const plain = unescaped(told)
  if (plain === told) return told
  const masked = maskedIn(engine, plain)
  return masked === plain ? told : masked
}

/** One level of percent-encoding less, ASCII only: it shortens, so that it comes to an end. RFC 3986 §2.1. */
const unescaped = (text: string): string =>
  text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
