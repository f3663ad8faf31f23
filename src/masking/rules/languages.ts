/** Passwords under their names in languages other than English. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'

/** Any letter that is no ASCII. */
const X = '[^ -~\\s]'
/**
 * [literal, the name from there on]. Each letter that is no ASCII widens the automaton of all rules, so that a literal has
 * as few of them as may be, and a name is looked for from its rarest part on.
 */
const NAMES: readonly (readonly [literal: string, pattern: string])[] = [
  ...[
    'kennwort',
    'zugangscode',
    'mot de passe',
    'mot_de_passe',
    'motdepasse',
    'contrasena',
    'senha',
    'palavra-passe',
  ].map((name): [string, string] => [name, name.replace('-', '\\-')]),
  ...['wachtwoord', 'adgangskode', 'passord', 'salasana', 'haslo', 'heslo', 'jelszo', 'sifre', 'kata sandi'].map(
    (name): [string, string] => [name, name],
  ),
  ['contrase', `contrase${X}a`],
  ['senord', 'senord'],
  ['jelsz', `jelsz${X}`],
  ['parol', `parol(?:a|${X})`],
  ['арол', `${X}{5}`],
  ['密码', `${X}{2}`],
  ['密碼', `${X}{2}`],
  ['パスワ', `${X}{5}`],
  ['밀번', `${X}{3}`],
]

/** `für den Server`, `pour le VPN`, `del servidor`. */
const ASIDE =
  '(?:[ ](?:für|vom|pour|du|para|del|de|da|do|per|voor|till|til|för|dla|pro|для|от)(?:[ ][^\\s:=|]{1,20}){1,4})?'
const IS = '(?:ist|lautet|est|es|é|è|is|är|er|on|to|je)'
/** A colon, an equals sign, a verb, or what other scripts put there. */
const GETS = `[\\\\"'\`*)]{0,4}(?:${ascii(ASIDE)}[ ]?(?:=|:|->|=>)[ ]{0,4}|${ascii(ASIDE)}[ ]${ascii(IS)}[ ]?:?[ ]|[ ]?[^ -~\\s]{1,6}[ ]{0,2})[*\`"'\\\\]{0,4}`

/** Patterns are ASCII; other letters are any that are none. */
function ascii(pattern: string): string {
  return pattern.replace(/[^ -~]/g, '[^ -~\\s]')
}

export const LANGUAGES: readonly MaskingRule[] = [
  {
    id: 'password-in-words',
    description: 'Password under its name in one of some twenty languages other than English',
    literals: NAMES.map(([literal]) => literal),
    inWord: true,
    fold: true,
    before: `(?:${NAMES.map(([, pattern]) => pattern).join('|')})${GETS}`,
    secret: '[A-Za-z0-9+/_!@#%^*~$?.-]{5,128}[A-Za-z0-9+/_!@#%^*~$?-]',
    notAfter: '[A-Za-z0-9(]',
    checks: ['bare-password'],
    examples: {
      match: [
        'Le mot de passe est {{Zx9!<base62:7>}}',
        'contraseña: {{Zx9!<base62:7>}}.',
        'La contraseña del servidor es {{Zx9!<base62:7>}}',
        'пароль: {{Zx9!<base62:7>}}',
        '密码：{{Zx9!<base62:7>}}',
        '密码是 {{Zx9!<base62:7>}}',
        'パスワードは{{Zx9!<base62:7>}}です',
        'senha = "{{Zx9!<base62:7>}}"',
      ],
      miss: [
        'mot de passe oublié ?',
        'contraseña: ********',
        'senha: digite-a-sua-senha',
        '密码：至少8个字符',
        'heslo = getHeslo2()',
      ],
    },
  },
]
