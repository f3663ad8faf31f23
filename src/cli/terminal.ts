/** What a person sees: nothing that came from outside can drive the terminal. Asks only whether it is one. */

/**
 * Control characters but for line feed and tab, format characters (bidi, zero width, tags), line and paragraph
 * separators, lone surrogates, and letters that show nothing.
 */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|[\u17b4\u17b5]|[\u180b-\u180f]|[\u{e0000}-\u{e0fff}]/gu

/** Text from outside as it may be printed: each unsafe character shown as `\u{…}`. */
export const safe = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)

/** The same on one line, cut to `width` characters. */
export function line(text: string, width = 200): string {
  const flat = safe(text).replace(/\s+/g, ' ').trim()
  if (flat.length <= width) return flat
  return `${flat.slice(0, width - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const
export type Colour = keyof typeof colours

/** Colours where stdout is a terminal and NO_COLOR is not set. */
export function paint(colour: Colour, text: string): string {
  const wanted = process.stdout.isTTY && !process.env['NO_COLOR']
  return wanted ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text
}

/** Columns of the terminal; undefined in a pipe, where nothing need be cut. */
export const columns = (): number | undefined => (process.stdout.isTTY ? process.stdout.columns || 80 : undefined)

/** Data on stdout, messages on stderr. */
export const out = (text: string): void => void process.stdout.write(`${text}\n`)
export const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** One line of JSON, whose unsafe characters are escapes: the same value, and safe on a terminal. */
export function json(value: unknown): string {
  const units = (char: string) => char.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return JSON.stringify(value).replace(UNSAFE, (char) =>
    units(char)
      .map((unit) => `\\u${unit}`)
      .join(''),
  )
}

/** A moment (ms since the Unix epoch) as local time, to the second. */
export function moment(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}

/** The same, short where a terminal shows it: the time of today, else day and time. Whole in a pipe. */
export function brief(at: number, now = Date.now()): string {
  const whole = moment(at)
  if (!process.stdout.isTTY) return whole
  return whole.slice(0, 10) === moment(now).slice(0, 10) ? whole.slice(11) : whole.slice(5, 16)
}

/** Milliseconds as a person says them: 14 ms, 2.2 s, 3 min, 5 h. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  return `${(ms / 3_600_000).toFixed(1)} h`
}
