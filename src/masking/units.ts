/** Kinds of UTF-16 units, and where a word begins. Pure; looks at single units, never at a text. */

export const BACKSLASH = 92
export const PERCENT = 37

/** A letter or digit of ASCII. */
export function isWord(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90)
}

export function isHex(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 70) || (unit >= 97 && unit <= 102)
}

export function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

/** Whether the unit of a text at `at` is the second half of a surrogate pair. */
export function isSecond(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff && at > 0 && isHigh(text.charCodeAt(at - 1))
}

export function isNumberStart(unit: number): boolean {
  return unit === 45 || (unit >= 48 && unit <= 57)
}

/** Full-width forms (U+FF01 to U+FF5E) as the ASCII that they look like; other units as they are. */
export function narrow(unit: number): number {
  return unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : unit
}

/** Units that are not seen: soft hyphen, zero-width space, joiners and marks, byte order mark. */
export const UNSEEN: readonly number[] = [0xad, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0xfeff]

export function isUnseen(unit: number): boolean {
  return unit >= 0xad && UNSEEN.includes(unit)
}

/** ASCII upper case as lower case. */
export function folded(unit: number): number {
  return unit >= 65 && unit <= 90 ? unit + 32 : unit
}

/** Gives the unit with this decoded index; -1 before the first, and where it is no longer known. */
export type UnitAt = (index: number) => number

/**
 * Whether a word may begin at `index`: no letter or digit stands directly before it, unless that letter belongs to an
 * escape (`\n`) or a percent sign (`%3D`).
 */
export function beginsWord(unitAt: UnitAt, index: number): boolean {
  const last = narrow(unitAt(index - 1))
  if (!isWord(last)) return true
  const second = unitAt(index - 2)
  return second === BACKSLASH || (isHex(last) && isHex(second) && unitAt(index - 3) === PERCENT)
}

/** How many units before a place `beginsWord` looks at. */
export const EDGE_UNITS = 3
