/** The relay's face: bytes between client and upstream. Knows no rule. */
export { type BodyLimits, type ReceivedBody, readBody } from './body.ts'
export { brokenAs } from './broken.ts'
export { decoded } from './decoded.ts'
export { Delivery } from './deliver.ts'
export { endToEnd, withoutLength } from './headers.ts'
export { type ForwardOptions, openRelay, type Relay } from './relay.ts'
export { type Listening, type ListenOptions, listen, type ServerLimits, type Tls } from './server.ts'
export { checkRequest } from './smuggling.ts'
export {
  type Authority,
  type AuthorityFiles,
  type Certified,
  makeAuthority,
  openAuthority,
  readAuthority,
  requestAuthority,
} from './tls/authority.ts'
export { covers } from './tls/constraints.ts'
export { type Leaves, openLeaves } from './tls/leaves.ts'
export type { HeaderList, Incoming, Outgoing, Timeouts, Upstream } from './upstream.ts'
