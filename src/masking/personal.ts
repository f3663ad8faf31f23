/** Validators of personal data: what has the shape of it must also add up. Pure; keeps nothing. */
import { createRequire } from 'node:module'

type Phones = typeof import('libphonenumber-js/min')

/** Length of an IBAN by country (SWIFT IBAN Registry, release 99). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  ...{ AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28, CH: 21, CR: 22 },
  ...{ CY: 28, CZ: 24, DE: 22, DJ: 27, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FK: 18, FO: 18, FR: 27, GB: 22 },
  ...{ GE: 22, GI: 23, GL: 18, GR: 27, GT: 28, HN: 28, HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30 },
  ...{ KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21, LT: 20, LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MN: 20 },
  ...{ MR: 27, MT: 31, MU: 30, NI: 28, NL: 18, NO: 15, OM: 23, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22 },
  ...{ RU: 33, SA: 24, SC: 31, SD: 18, SE: 24, SI: 19, SK: 24, SM: 27, SO: 23, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26 },
  ...{ UA: 29, VA: 22, VG: 24, XK: 20, YE: 30 },
}
export const IBAN_COUNTRIES: readonly string[] = Object.keys(IBAN_LENGTHS)

/** A payment card's number: 13 to 19 digits of a known network whose Luhn sum ends in 0 (ISO/IEC 7812-1, annex B). */
export function isCard(value: string): boolean {
  const digits = value.replace(/[ -]/g, '')
  if (
    !/^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6\d{15,18}|35\d{14})$/.test(
      digits,
    )
  )
    return false
  return new Set(digits).size > 2 && luhn(digits) % 10 === 0
}

function luhn(digits: string): number {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum
}

/** The country's length, and 1 as the rest of its number divided by 97 (ISO 13616-1, ISO/IEC 7064 MOD 97-10). */
export function isIban(value: string): boolean {
  const iban = value.replace(/[ -]/g, '').toUpperCase()
  if (iban.length !== IBAN_LENGTHS[iban.slice(0, 2)]) return false
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => `${letter.charCodeAt(0) - 55}`)
  let rest = 0
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97
  return rest === 1
}

/** A United States social security number that was ever given out (SSA, number ranges): no 000, 666, 9xx; no 00; no 0000. */
export function isSocialSecurity(value: string): boolean {
  const [, area, group, serial] = /^(\d{3})[- ](\d{2})[- ](\d{4})$/.exec(value) ?? []
  if (!area || !group || !serial) return false
  if (area === '000' || area === '666' || area >= '900' || group === '00' || serial === '0000') return false
  return !['078-05-1120', '219-09-9999', '123-45-6789'].includes(`${area}-${group}-${serial}`)
}

let phones: Phones | undefined

/** The numbering plans, 27 ms of loading that only those pay who look for phone numbers. */
export function loadPhones(): Phones {
  phones ??= createRequire(import.meta.url)('libphonenumber-js/min') as Phones
  return phones
}

/** A length that the plan of the named country knows; without a country code, a number that North America has given out. */
export function isPhone(value: string): boolean {
  const number = loadPhones().parsePhoneNumberFromString(value, 'US')
  return (value.startsWith('+') ? number?.isPossible() : number?.isValid()) ?? false
}

/** An address whose parts are well formed (RFC 5321 §4.1.2, dots as in §4.5.3.1), outside the domains kept for examples. */
export function isEmail(value: string): boolean {
  const [local, domain] = value.split('@')
  if (!local || !domain || local.length > 64 || /\.\.|^\.|\.$/.test(local)) return false
  if (/(?:^|\.)(?:example\.(?:com|org|net)|example|invalid|test|localhost)$/i.test(domain)) return false
  if (/\.(?:png|jpe?g|gif|svg|webp|js|ts|css|json|md|html?)$/i.test(domain)) return false
  return domain.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
}
