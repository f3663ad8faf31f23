/** An address in the configuration. Reaches nothing. */
import { z } from 'zod'

/** An address without anything that would be lost or logged on the way. */
export const origin = z.url({ protocol: /^https?$/, error: 'an http or https address' }).refine((given) => {
  const url = URL.parse(given)
  return !url || url.username + url.password + url.search + url.hash === ''
}, 'an address without user, password, query or fragment')
