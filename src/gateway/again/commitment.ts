/** What an entry says of a body that was written anew, so that it is held to it. Pure. docs/retention.md says the same. */
import { hash } from 'node:crypto'

/** As a leaf commits to a body: SHA-256("gl1:body" 0x00 salt SHA-256(bytes)), hexadecimal. */
export const commitmentOf = (bytes: Uint8Array, salt: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.from('gl1:body\0'), salt, hash('sha256', bytes, 'buffer')]), 'hex')
