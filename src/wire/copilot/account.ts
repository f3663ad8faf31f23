/** Who a Copilot credential belongs to, as GitHub's own replies and the token itself tell. Pure; nothing throws. Source: real clients, 2026-11. */
import { given, type Json, list, object, parsedOr, present } from '../json.ts'

/** What is known of an account at GitHub. Every part may be missing. */
export interface Account {
  readonly login?: string
  readonly organizations?: readonly string[]
  readonly plan?: Plan
  /** GitHub's own id for the account in telemetry and tokens: `tid`, `analytics_tracking_id`. */
  readonly id?: string
}

export const PLANS = ['business', 'enterprise', 'individual', 'free'] as const
export type Plan = (typeof PLANS)[number]

/** A Copilot token: `tid=…;ol=…;exp=…;sku=…:signature`. */
export interface Token {
  readonly id?: string
  readonly plan?: Plan
  /** When it expires, ms since the Unix epoch. */
  readonly until?: number
}

const LONGEST = 256
const MOST_ORGANIZATIONS = 64

/** Reads a token's own fields; undefined where the text is none. */
export function readToken(text: string): Token | undefined {
  if (!/^tid=|;tid=/.test(text.slice(0, 2048))) return undefined
  const fields = new Map(
    text
      .split(':', 1)[0]
      ?.split(';')
      .map((field) => [field.split('=', 1)[0] ?? '', field.slice(field.indexOf('=') + 1)]),
  )
  const seconds = Number(fields.get('exp'))
  return present({
    id: short(fields.get('tid')),
    plan: planOf(fields.get('sku')),
    until: Number.isSafeInteger(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  })
}

/** Reads `GET /copilot_internal/user`. */
export function readUser(body: string): Account {
  const user = object(parsedOr(body))
  return present({
    login: short(user['login']),
    organizations: organizationsIn(user),
    plan: planOf(user['copilot_plan']) ?? planOf(user['access_type_sku']),
    id: short(user['analytics_tracking_id']),
  })
}

/** Reads `GET /copilot_internal/v2/token`: the account, and the token itself. */
export function readTokenReply(body: string): { readonly account: Account; readonly token?: string } {
  const reply = object(parsedOr(body))
  const token = given(reply['token'])
  const own = token ? readToken(token) : undefined
  const plan = reply['individual'] === true ? 'individual' : (planOf(reply['sku']) ?? own?.plan)
  const account = present({
    organizations: organizationsIn(reply),
    plan: reply['individual'] === true && /^free/.test(String(reply['sku'])) ? ('free' as const) : plan,
    id: short(reply['tracking_id']) ?? own?.id,
  })
  return { account, ...(token && { token }) }
}

/** Logins where the reply has them; the token reply may bear ids, which say nothing to anybody and are left out. */
function organizationsIn(reply: Json): readonly string[] | undefined {
  const logins = [...list(reply['organization_login_list']), ...list(reply['organization_list']).map(loginOf)]
  const known = logins.map(short).filter((login) => login !== undefined && !/^[0-9a-f]{32}$/.test(login)) as string[]
  return known.length ? [...new Set(known)].slice(0, MOST_ORGANIZATIONS) : undefined
}

const loginOf = (each: unknown): unknown => (typeof each === 'string' ? each : object(each)['login'])

const short = (value: unknown): string | undefined => given(value)?.slice(0, LONGEST)

/** A plan from GitHub's name for it or for its article: `copilot_for_business_seat_quota`, `free_limited_copilot`. */
function planOf(value: unknown): Plan | undefined {
  const text = given(value)
  if (!text || text === 'unknown') return undefined
  if (/enterprise/.test(text)) return 'enterprise'
  if (/business/.test(text)) return 'business'
  return /^(no_auth_)?free/.test(text) ? 'free' : 'individual'
}

/** How GitHub itself tells a client that it gets no token; clients show the message. */
export function tokenRefusal(message: string): string {
  const error_details = { message, notification_id: 'gatelog_plan', title: 'Gatelog', url: '' }
  return JSON.stringify({ can_signup_for_limited: false, error_details, message })
}
