/** The relay's face: bytes between client and upstream. Knows no rule. */
export { type BodyLimits, type ReceivedBody, readBody } from './body.ts'
export { brokenAs } from './broken.ts'
export { decoded } from './decoded.ts'
export { Delivery } from './deliver.ts'
export { failureOf } from './failure.ts'
export { endToEnd, toClient, withoutLength } from './headers.ts'
export { reachOf } from './pools.ts'
export { isOwnAddress } from './reach/own.ts'
export type { Reach } from './reach/reach.ts'
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
export { covers, within } from './tls/constraints.ts'
export { type DatedLeaf, type Leaves, leafFor, openLeaves } from './tls/leaves.ts'
export { contextOf, terminate } from './tls/terminate.ts'
export { dial } from './tunnel/dial.ts'
export { sniff } from './tunnel/sniff.ts'
export { type Carried, splice } from './tunnel/splice.ts'
export { type HeaderList, type Incoming, NO_BODY, type Outgoing, type Timeouts, type Upstream } from './upstream.ts'
export { acceptSocket, checkHandshake, subprotocols } from './websocket/accept.ts'
export { connectSocket, withoutHandshake } from './websocket/connect.ts'
export { Line } from './websocket/line.ts'
export type { Closed, Flaw, Listener, Peer } from './websocket/peer.ts'
