/** Keys known by their name and their form: wallets, tunnels, key stores, vaults. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { either } from './spelling.ts'

const QUOTE = `\\\\{0,4}["']`
/** From the name of a key's member or setting to its value. */
const GETS = `(?:${QUOTE})?\\]?\\s{0,4}(?:=|:)\\s{0,4}(?:${QUOTE})?`
const ETHEREUM = [
  'private_key',
  'private-key',
  'privatekey',
  'priv_key',
  'privkey',
  'secp256k1',
  'wallet_key',
  'deployer_key',
]
const SEED = [
  'mnemonic',
  'seed_phrase',
  'seed phrase',
  'seedphrase',
  'recovery phrase',
  'recovery_phrase',
  'secret phrase',
]

export const WALLETS: readonly MaskingRule[] = [
  {
    id: 'wireguard-key',
    description: 'Private or preshared key of WireGuard: 32 bytes in base64',
    literals: ['privatekey', 'presharedkey', 'preshared-key', 'private-key'],
    fold: true,
    before: `(?:private-?key|preshared-?key)${GETS}`,
    secret: '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=',
    notAfter: '[A-Za-z0-9+/=]',
    checks: ['no-stand-in'],
    examples: {
      match: ['PrivateKey = {{<base64:42>A=}}\n', 'PresharedKey={{<base64:42:2>E=}}'],
      miss: ['PrivateKey = <key>', 'PrivateKey = <base64:20>='],
    },
  },
  {
    id: 'ethereum-key',
    description: 'Private key of an Ethereum or other secp256k1 account: 32 bytes in hexadecimal, beside its name',
    literals: ETHEREUM,
    fold: true,
    inWord: true,
    before: `${either(ETHEREUM)}[a-z0-9_-]{0,12}${GETS}`,
    secret: '(?:0x)?[0-9a-f]{64}',
    notAfter: '[0-9A-Za-z]',
    checks: ['no-stand-in', 'entropy:2.8'],
    examples: {
      match: ['PRIVATE_KEY={{0x<hex:64>}}\n', '"privateKey": "{{<hex:64:2>}}"'],
      miss: ['private_key = 0x1234', 'public_key = 0x<hex:64>'],
    },
  },
  {
    id: 'bitcoin-key',
    description: 'Private key of Bitcoin in wallet import format, beside its name',
    literals: ['wif', 'privkey', 'private_key', 'dumpprivkey', 'importprivkey'],
    fold: true,
    before: `(?:wif|(?:dump|import)?privkey|private_key)[a-z_]{0,8}(?:${GETS}|[ ])`,
    secret: '[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}',
    notAfter: '[0-9A-Za-z]',
    checks: ['generated'],
    examples: { match: ['WIF={{K<base58:51>}}\n'], miss: ['wif: none', 'privkey = K1234'] },
  },
  {
    id: 'extended-key',
    description: 'Extended private key of a hierarchical wallet (BIP-32)',
    literals: ['xprv', 'yprv', 'zprv', 'tprv'],
    secret: '[xyzt]prv[1-9A-HJ-NP-Za-km-z]{107,108}',
    notAfter: '[0-9A-Za-z]',
    examples: { match: ['xprv<base58:107>'], miss: ['xprv9s21', 'xpub<base58:107>'] },
  },
  {
    id: 'seed-phrase',
    description: 'Seed phrase of a wallet (BIP-39): twelve to twenty-four short words after a name that says so',
    literals: SEED,
    fold: true,
    inWord: true,
    before: `${either(SEED)}(?:${QUOTE})?\\s{0,4}(?:=|:|is)\\s{0,4}(?:${QUOTE})?`,
    secret: '[a-z]{3,8}(?:[ ,-][ ]?[a-z]{3,8}){11,23}',
    notAfter: '[A-Za-z]',
    checks: ['no-stand-in', 'entropy:3'],
    examples: {
      match: [`MNEMONIC="{{orbit lamp velvet ticket crane pulse garden sock amber tunnel frost bench}}"`],
      miss: ['mnemonic: twelve words', 'mnemonic = "test test test test test test test test test test test junk"'],
    },
  },
  {
    id: 'jks-password',
    description: 'Password of a Java key store or trust store',
    literals: [
      'javax.net.ssl.keystorepassword',
      'javax.net.ssl.truststorepassword',
      'key-store-password',
      'keystorepassword',
      'storepassword',
      'keypassword',
    ],
    fold: true,
    before: `(?:javax\\.net\\.ssl\\.(?:key|trust)storepassword|key-store-password|(?:key)?storepassword|keypassword)${GETS}`,
    secret: `[^\\s"'\`\\\\<>;,&]{6,64}`,
    checks: ['bare-password'],
    examples: {
      match: ['-Djavax.net.ssl.keyStorePassword={{Zx9!<base62:8>}} -jar', 'storePassword={{Zx9!<base62:8:2>}}\n'],
      miss: ['storePassword=changeit', 'keyPassword = keystoreProperties'],
    },
  },
  {
    id: 'ansible-vault',
    description: 'Text that Ansible Vault encrypted: whoever has the password reads it',
    literals: ['$ANSIBLE_VAULT;'],
    before: `\\$ANSIBLE_VAULT;1\\.[12];AES256(?:;[A-Za-z0-9_-]{1,40})?(?:\\s|\\\\n){1,12}`,
    secret: '[0-9a-f]{40,}(?:(?:\\s|\\\\n){1,12}[0-9a-f]{2,80})*',
    examples: {
      match: ['$ANSIBLE_VAULT;1.1;AES256\n  {{<hex:80>\n  <hex:80:2>}}\n'],
      miss: ['$ANSIBLE_VAULT;1.1;AES256'],
    },
  },
]
