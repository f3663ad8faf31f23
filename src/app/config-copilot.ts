/** What is done with Copilot beside model traffic, as it is written and as the data path needs it. Reads no file. */
import { z } from 'zod'
import type { CopilotSettings } from '#gateway'
import { PLANS } from '#wire'
import { origin } from './config-origin.ts'
import type { Wrong } from './config-secrets.ts'

export const CopilotForm = z.strictObject({
  content: z
    .enum(['metadata', 'full'])
    .default('metadata')
    .describe(
      'What is kept of routes that bear code or tool results: embeddings, chunks, code search, MCP, attachments',
    ),
  rewrite_endpoints: z
    .boolean()
    .default(false)
    .describe('Lead clients from GitHub’s token and user replies to this gateway’s reverse door'),
  address: origin.optional().describe('The reverse door as clients reach it; by default as the client itself came'),
  allowed_plans: z.array(z.enum(PLANS)).min(1).optional().describe('Copilot plans that may be used; by default all'),
})

interface Listener {
  readonly host: string
  readonly tls: boolean
  /** Whether its port is a proxy too, by which clients come back to it. */
  readonly proxy: boolean
}

/** What a tunnel to the address would lead into: this port itself answers there, as it is. */
function wallAt(address: string, { tls, proxy }: Listener): string | undefined {
  const { protocol, pathname } = new URL(address)
  if (!proxy) return undefined
  if (protocol === 'https:' && !tls)
    return 'clients come back by this proxy, which speaks plain text: an http address, listen.tls, or forward.enabled: false'
  return pathname === '/'
    ? undefined
    : 'clients come back by this proxy, which takes no path off: an address without path'
}

/** @throws config.invalid where clients could not know the gateway's address, or not reach it there */
export function copilotOf(form: z.infer<typeof CopilotForm>, listener: Listener, wrong: Wrong): CopilotSettings {
  const { content, rewrite_endpoints, address, allowed_plans } = form
  const anywhere = /^(0\.0\.0\.0|::)$/.test(listener.host)
  if (rewrite_endpoints && anywhere && !address)
    throw wrong(['copilot', 'address'], 'say where clients reach the gateway, which listens on every address')
  const wall = rewrite_endpoints && address && wallAt(address, listener)
  if (wall) throw wrong(['copilot', 'address'], wall)
  const scheme = listener.tls ? ('https' as const) : ('http' as const)
  return {
    content,
    ...(allowed_plans && { allowedPlans: allowed_plans }),
    ...(rewrite_endpoints && {
      rewrite: { scheme, ...(address && { address: address.replace(/\/+$/, '') }) },
    }),
  }
}
