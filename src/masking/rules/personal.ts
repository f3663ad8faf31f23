/** Personal data by kind; no part of the built-in rules: a configuration names the kinds it wants. Data, never code that scans. */
import { IBAN_COUNTRIES } from '../personal.ts'
import type { MaskingRule } from '../rule.ts'

const DIGITS = [...'0123456789']
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']

const EMAIL: MaskingRule = {
  id: 'email',
  description: 'E-mail address (RFC 5321 §4.1.2, without quoted local parts)',
  literals: [...LETTERS, ...DIGITS],
  fold: true,
  secret: '[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9-]{1,63}\\.){1,4}[a-z]{2,24}',
  notAfter: '[A-Za-z0-9@-]',
  checks: ['email'],
  examples: {
    match: ['mail {{anna.k@<lower:8>.io}} now', '<{{first.last+tag@mail.<lower:8>.co.uk}}>', '"{{a@<lower:5>.dev}}",'],
    miss: ['user@localhost', 'a@example.com', 'git@github', 'icon@2x.png', 'foo@bar'],
  },
}

const CARD: MaskingRule = {
  id: 'card',
  description: 'Payment card number, in one run or in groups (ISO/IEC 7812, Luhn)',
  literals: ['2', '3', '4', '5', '6'],
  secret: '[2-6][0-9]{3}(?:[0-9]{9,15}|[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}|[ -][0-9]{6}[ -][0-9]{4,5})',
  notAfter: '[A-Za-z0-9_]',
  checks: ['card'],
  proof: 'luhn',
  examples: {
    match: ['card {{4012888888881881}}', '"{{4012-8888-8888-1881}}"', '{{3714 496353 98431}}'],
    miss: ['4012888888881882', 'id 1234567812345678', '4012x888888881881', '4444444444444448'],
  },
}

const IBAN: MaskingRule = {
  id: 'iban',
  description: 'International bank account number (ISO 13616, length by country, MOD 97-10)',
  literals: IBAN_COUNTRIES,
  secret: `(?:${IBAN_COUNTRIES.join('|')})[0-9]{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?`,
  notAfter: '[A-Za-z0-9]',
  checks: ['iban'],
  proof: 'iban-mod97',
  examples: {
    match: ['{{GB82 WEST 1234 5698 7654 32}}', 'pay to {{DE89370400440532013000}}.'],
    miss: ['GB82 WEST 1234 5698 7654 33', 'DE00123456781234567890', 'NO12'],
  },
}

const SSN: MaskingRule = {
  id: 'ssn',
  description: 'United States social security number, in groups (SSA number ranges)',
  literals: [...'012345678'],
  secret: '[0-8][0-9]{2}(?:-[0-9]{2}-[0-9]{4}|[ ][0-9]{2}[ ][0-9]{4})',
  notAfter: '[A-Za-z0-9_-]',
  checks: ['ssn'],
  examples: {
    match: ['SSN {{219-53-8034}}', '"{{536 90 4399}}"'],
    miss: ['000-12-3456', '666-12-3456', '123-00-4567', '123-45-0000', '2024-12-3100'],
  },
}

const PHONE: MaskingRule = {
  id: 'phone',
  description: 'Telephone number with a country code (ITU-T E.164), or one of North America in groups',
  literals: ['+', '(', ...'23456789'],
  secret:
    '\\+[1-9][0-9]{0,2}(?:[ ().-]{0,2}[0-9]{1,5}){2,6}|(?:\\([2-9][0-9]{2}\\)[ ]?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}',
  notAfter: '[A-Za-z0-9_]',
  checks: ['phone'],
  examples: {
    match: ['call {{+49 30 901820}} now', '{{(212) 736-5000}}', 'tel {{212-736-5000}}.', '"{{+1 212-736-5000}}"'],
    miss: ['+1 23', '1+2345678', '111-222-3333', '2024-12-31', '10.20.30.40'],
  },
}

/** By the kind that `masking.personal` names. */
export const PERSONAL: Readonly<Record<'email' | 'card' | 'iban' | 'ssn' | 'phone', MaskingRule>> = {
  email: EMAIL,
  card: CARD,
  iban: IBAN,
  ssn: SSN,
  phone: PHONE,
}
