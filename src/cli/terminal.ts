/** What a person sees: nothing that came from outside can drive the terminal. Asks only whether it is one. */
import { visible, visibleJson } from '#exchange'

export { visible as safe, visibleJson as json }

/** The same on one line, cut to `width` characters. */
export function line(text: string, width = 200): string {
  const flat = visible(text).replace(/\s+/g, ' ').trim()
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
