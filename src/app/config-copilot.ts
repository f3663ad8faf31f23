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
}

/** @throws config.invalid where clients could not know the gateway's address */
export function copilotOf(form: z.infer<typeof CopilotForm>, listener: Listener, wrong: Wrong): CopilotSettings {
  const { content, rewrite_endpoints, address, allowed_plans } = form
  const anywhere = /^(0\.0\.0\.0|::)$/.test(listener.host)
  if (rewrite_endpoints && anywhere && !address)
    throw wrong(['copilot', 'address'], 'say where clients reach the gateway, which listens on every address')
  const scheme = listener.tls ? ('https' as const) : ('http' as const)
  return {
    content,
    ...(allowed_plans && { allowedPlans: allowed_plans }),
    ...(rewrite_endpoints && {
      rewrite: { scheme, ...(address && { address: address.replace(/\/+$/, '') }) },
    }),
  }
}
