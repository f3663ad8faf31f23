/** What the provider calls the exchange, as its reply's headers say. Pure. */
import type { Incoming } from '#relay'

export interface RequestIds {
  readonly requestId?: string
  readonly githubRequestId?: string
}

export function requestIdsOf({ headers }: Incoming): RequestIds {
  const own = headers.find(([name]) => /^(x-)?request-id$/i.test(name))?.[1]
  const github = headers.find(([name]) => /^x-github-request-id$/i.test(name))?.[1]
  return { ...(own && { requestId: own }), ...(github && { githubRequestId: github }) }
}
