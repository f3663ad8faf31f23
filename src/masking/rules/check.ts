/** Last looks at a secret that its context alone does not prove; pure, never masks by itself. */

const STOP =
  /example|sample|placeholder|changeme|change_me|change-me|your|dummy|fake|redacted|masked|process\.env|os\.environ|getenv|secrets\.|undefined|null|xxxx|\*\*\*|\.\.\.|1234567890|abcdefgh/i
const WEAK =
  /^(?:password\d*|passwd|passw0rd|secret|token|pass|pwd|admin|root|user|test|guest|default|none|true|false)$/i

/** Shannon's entropy in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** Whether it is one of those that providers print in their documentation. */
export function isDocumented(secret: string): boolean {
  return /EXAMPLE/i.test(secret)
}

/** Whether it stands in for a secret: a variable, a template, a word that says so. */
export function isStandIn(secret: string): boolean {
  return STOP.test(secret) || WEAK.test(secret) || /^[$<{%[*#]/.test(secret) || /[>}\])]$/.test(secret)
}

/** Whether it looks random: letters and digits mixed, and no character too frequent. */
export function isMixed(secret: string): boolean {
  return (
    /[A-Za-z]/.test(secret) && /\d/.test(secret) && entropy(secret) >= Math.min(3.2, Math.log2(secret.length) * 0.85)
  )
}
