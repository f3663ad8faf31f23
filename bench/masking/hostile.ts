// Texts made to be slow or to hold much. Pure.

const LENGTH = 20_480
const fill = (part: string): string => part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH)
const begin = `-----BEGIN ${'RSA PRIVATE'} KEY-----\n`
const varied = (alphabet: string): string =>
  Array.from({ length: LENGTH }, (_, nth) => alphabet[(nth * 7919 + (nth >> 3)) % alphabet.length]).join('')
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** 20 KB each. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'key=token= repeated': fill('key=token='),
  'password: " repeated': fill('password: "'),
  'an open private key': begin + fill(`${varied(LETTERS).slice(0, 64)}\n`),
  'openings of private keys': fill(begin),
  'one long word': varied(LETTERS),
  'one letter': fill('a'),
  hexadecimal: varied('0123456789abcdef'),
  'base64 with signs': varied(`${LETTERS}+/`),
  'words and hyphens': fill('a-b_c.d/'),
  'prefix on prefix': fill(['gh' + 'p_', 'sk-', 'xox' + 'b-', 'AKI' + 'A', 'eyJ', 'glpa' + 't-'].join('')),
  'an open JWT': `eyJ${varied(LETTERS)}`,
  'dots in an open JWT': `eyJ${fill('eyJabcdefgh.')}`,
  'URLs without an end': fill('https://user:'),
  'URLs with at signs': fill('://a:b@'),
  quotes: fill('"'),
  backslashes: fill('\\'),
  escapes: fill('\\u0041'),
  'authorization: bearer repeated': fill('authorization: bearer '),
  'aws secret assignment repeated': fill('aws_secret_access_key = "'),
  'digits and separators': fill('4111 1111-'),
  spaces: fill(' '),
  'full-width and emoji': fill('\u{1f511}\uff41'),
}
