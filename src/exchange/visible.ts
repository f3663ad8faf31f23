/** Text from outside as it may be shown: nothing in it can drive a terminal or hide. Pure. */

/**
 * Control characters but for line feed and tab, format characters (bidi, zero width, tags), line and paragraph
 * separators, lone surrogates, and letters that show nothing.
 */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|[\u17b4\u17b5]|[\u180b-\u180f]|[\u{e0000}-\u{e0fff}]/gu

/** Each unsafe character is shown as `\u{…}`. */
export const visible = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)

/** One line of JSON, whose unsafe characters are escapes: the same value, and safe on a terminal. */
export function visibleJson(value: unknown): string {
  const units = (char: string) => char.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return JSON.stringify(value).replace(UNSAFE, (char) =>
    units(char)
      .map((unit) => `\\u${unit}`)
      .join(''),
  )
}
