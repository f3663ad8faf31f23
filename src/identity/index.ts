/** Who is asking: keys, their channels, limits per actor, session ids. */
export { type Channel, type Found, findCredential } from './credential.ts'
export {
  type Caller,
  Identity,
  type IdentityOptions,
  type KeyRecord,
  type KeyStore,
  type NewKey,
  openIdentity,
} from './identity.ts'
export { type KeyKind, looksLikeKey, makeKey } from './key.ts'
export { type Hold, type Limits, openLimits, type Release } from './limits.ts'
export { type SessionOf, sessionId } from './session.ts'
