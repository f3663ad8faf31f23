/** What a person sees: nothing that came from outside can drive the terminal. Pure, but for asking whether it is one. */

/** C0 and C1 controls but for line feed and tab, bidi controls, and other invisible format characters. */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** Text from outside as it may be printed: each unsafe character shown as `\u{…}`. */
export const safe = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(UNSAFE, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`)

/** The same on one line, cut to `width` characters. */
export function line(text: string, width = 200): string {
  const flat = safe(text).replace(/\s+/g, ' ').trim()
  return flat.length > width ? `${flat.slice(0, width - 1)}…` : flat
}

const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

/** Colours where stdout is a terminal and NO_COLOR is not set. */
export function paint(colour: keyof typeof colours, text: string): string {
  const wanted = process.stdout.isTTY && !process.env['NO_COLOR']
  return wanted ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text
}

/** Rows in columns, each as wide as its widest cell; the last one runs on. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)))
  const told = (row: readonly string[]) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')
  return [paint('dim', told(head)), ...rows.map(told)].join('\n')
}

export const out = (text: string): void => void process.stdout.write(`${text}\n`)
export const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** A moment as local time, to the second. */
export function moment(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}
