/** Passwords under their names in languages other than English. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'

/** In lower case; those that are no ASCII also as they begin a sentence. */
const NAMES = [
  ...['kennwort', 'zugangscode', 'mot de passe', 'mot_de_passe', 'motdepasse', 'contraseña', 'contrasena', 'senha'],
  ...[
    'palavra-passe',
    'parola d’ordine',
    'wachtwoord',
    'lösenord',
    'adgangskode',
    'passord',
    'salasana',
    'hasło',
    'haslo',
  ],
  ...[
    'heslo',
    'jelszó',
    'jelszo',
    'parolă',
    'şifre',
    'sifre',
    'пароль',
    'Пароль',
    'лозинка',
    'κωδικός',
    'סיסמה',
    'סיסמא',
  ],
  ...[
    '密码',
    '密碼',
    '口令',
    'パスワード',
    '暗証番号',
    '비밀번호',
    '암호',
    'mật khẩu',
    'kata sandi',
    'รหัสผ่าน',
    'पासवर्ड',
    'كلمة المرور',
    'كلمة السر',
  ],
]

const escaped = (name: string): string => name.replace(/[^ -~]/g, '[^ -~\\s]').replace(/[.-]/g, '\\$&')
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
    literals: NAMES,
    fold: true,
    before: `(?:${NAMES.map(escaped).join('|')})${GETS}`,
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
