// Texts made to be slow or to hold much: what is begun often and ends nowhere. Pure.
import { RULES } from '#masking'
import { missOf, spread } from '../../src/masking/examples.ts'

const LENGTH = 20_480
const fill = (part: string): string => part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH)
const begin = `-----BEGIN ${'RSA PRIVATE'} KEY-----\n`
const varied = (alphabet: string): string =>
  Array.from({ length: LENGTH }, (_, nth) => alphabet[(nth * 7919 + (nth >> 3)) % alphabet.length]).join('')
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const hex = (text: string): string => Buffer.from(text).toString('hex')
const inPercents = (text: string): string => `%${hex(text).match(/../g)?.join('%')}`
const inUnits = (text: string): string => [...hex(text).matchAll(/../g)].map(([two]) => `\\u00${two}`).join('')

const literals = [...new Set(RULES.flatMap((rule) => rule.literals))]
const matches = RULES.flatMap(({ examples }) => examples.match.map((example) => spread(example).join('')))
/** Every rule's own secrets, each without its last characters. */
const cutOff = (matches: readonly string[], by: string): string => matches.map((text) => text.slice(0, -2)).join(by)

/** 20 KB each. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'key=token= repeated': fill('key=token='),
  'token%3D repeated': fill('token%3D'),
  'secret%3D repeated': fill('secret%3D'),
  'api_key%3D repeated': fill('api_key%3D'),
  'three names and %3D': fill('token%3Dkey%3Dsecret%3D'),
  'names and %3D, a few short of too many': fill(`${'token%3D'.repeat(18)} `),
  'nested %25': fill('token%253Dpassword%25253D%25'),
  'letters in percent signs': fill(inPercents('token=')),
  'assignments in \\u escapes': fill(inUnits('token=')),
  'four encodings in turn': fill(`secret%3D${inUnits('key=')}${base64('token="')}&#61;${hex('password=')}&quot;`),
  'names without an end': fill('a_secret_key_token_password_'),
  'quoted names in JSON in JSON': fill('\\"token\\":\\"'),
  'xoxb-1- repeated': fill('xox' + 'b-1-'),
  'password: " repeated': fill('password: "'),
  'XML attributes': fill('<add key="password" value="'),
  'every literal': fill(literals.join('')),
  'every literal but its last letter': fill(literals.map((text) => text.slice(0, -1)).join('')),
  'every literal in base64': fill(literals.map(base64).join(' ')),
  'every secret cut off, on lines': fill(cutOff(matches, '\n')),
  'every secret cut off, without a gap': fill(cutOff(matches, '')),
  'every near miss': fill(RULES.flatMap(({ examples }) => examples.miss.map(missOf)).join('\n')),
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
  'URLs with percent signs': fill('postgres://u:p%40'),
  quotes: fill('"'),
  backslashes: fill('\\'),
  escapes: fill('\\u0041'),
  'authorization: bearer repeated': fill('authorization: bearer '),
  'aws secret assignment repeated': fill('aws_secret_access_key = "'),
  'digits and separators': fill('4111 1111-'),
  spaces: fill(' '),
  'full-width and emoji': fill('\u{1f511}\uff41'),
}
