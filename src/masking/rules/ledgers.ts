/** Private keys of ledgers and of Nostr, which a fixed beginning gives away; data, never code that scans. */
import { tokens } from './format.ts'

export const LEDGERS = tokens([
  {
    id: 'nostr-key',
    description: 'Nostr private key',
    format: 'nsec1<bech32low:58>',
    source: 'NIP-19: bech32 entities',
    exact: true,
  },
  {
    id: 'cardano-key',
    description: 'Cardano extended signing key',
    format: '(addr|stake|acct|root|ed25519|ed25519e)_(xsk|sk)1<bech32low:58..280>',
    source: 'CIP-5: bech32 prefixes',
  },
  {
    id: 'sui-key',
    description: 'Sui private key',
    format: 'suiprivkey1<bech32low:58..70>',
    source: 'docs.sui.io: SIP-15, private keys begin with suiprivkey',
  },
  {
    id: 'tezos-key',
    description: 'Tezos secret key',
    format: '(edsk|spsk|p2sk|edesk)<base58:50..100>',
    source: 'tezos.com: key prefixes',
    exact: true,
  },
])
