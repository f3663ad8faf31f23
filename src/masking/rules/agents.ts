/** Keys of younger model services and of what agents use; data, never code that scans. */
import { tokens } from './format.ts'

export const AGENTS = tokens([
  {
    id: 'kimi-key',
    description: 'Kimi coding plan key',
    format: 'sk-kimi-<base62:64>',
    source: 'platform.moonshot.ai; seen in public tokens',
  },
  {
    id: 'minimax-key',
    description: 'MiniMax key',
    format: 'sk-(api|cp)-<base64url:60..140>',
    source: 'platform.minimax.io: keys begin with sk-api- or sk-cp-',
  },
  {
    id: 'letta-key',
    description: 'Letta key: base64 of two identifiers',
    format: 'sk-let-<padded:60..140>',
    source: 'docs.letta.com: keys begin with sk-let-',
  },
  {
    id: 'langwatch-key',
    description: 'LangWatch key',
    format: 'sk-lw-<base62:40..60>',
    source: 'docs.langwatch.ai: keys begin with sk-lw-',
  },
  {
    id: 'you-key',
    description: 'You.com key: an id, a secret and a checksum',
    format: 'ydc-sk-<hex:16>-<base62:32>-<hex:8>',
    source: 'documentation.you.com; seen in public tokens',
  },
  {
    id: 'chroma-key',
    description: 'Chroma Cloud key',
    format: 'ck-<base58:44>',
    source: 'docs.trychroma.com: keys begin with ck-; seen in public tokens',
    exact: true,
  },
  {
    id: 'heygen-key',
    description: 'HeyGen key',
    format: 'sk_V2_hgu_<base64url:40..50>',
    source: 'docs.heygen.com; seen in public tokens',
  },
  {
    id: 'retell-key',
    description: 'Retell key',
    format: 'key_<hex:28>',
    source: 'docs.retellai.com: keys begin with key_',
    exact: true,
  },
  {
    id: 'runway-key',
    description: 'Runway key',
    format: 'key_<hex:128>',
    source: 'docs.dev.runwayml.com: key_ and 128 hexadecimal digits',
    exact: true,
  },
  {
    id: 'nomic-key',
    description: 'Nomic key',
    format: 'nk-<base64url:43>',
    source: 'docs.nomic.ai: keys begin with nk-',
    exact: true,
    checks: ['varied', 'mixed'],
  },
  {
    id: 'turbopuffer-key',
    description: 'turbopuffer key',
    format: 'tpuf_<base62:32>',
    source: 'turbopuffer.com/docs: keys begin with tpuf_',
    exact: true,
  },
  {
    id: 'chutes-key',
    description: 'Chutes key: an id, a user and a secret',
    format: 'cpk_<hex:32>.<hex:32>.<base62:32>',
    source: 'chutes.ai/docs: keys begin with cpk_',
  },
  {
    id: 'infer-net-key',
    description: 'Inference.net key',
    format: 'inference-<hex:32>',
    source: 'docs.inference.net: keys begin with inference-',
    exact: true,
  },
  {
    id: 'upstage-key',
    description: 'Upstage key',
    format: 'up_<base62:29>',
    source: 'console.upstage.ai: keys begin with up_',
    exact: true,
    checks: ['varied', 'mixed'],
  },
  {
    id: 'neptune-token',
    description: 'Neptune token: base64 of an object that begins with api_address',
    format: `${'eyJ'}hcGlfYWRkcmVzcyI6<padded:80..400>`,
    source: 'docs.neptune.ai: NEPTUNE_API_TOKEN',
  },
  {
    id: 'promptlayer-key',
    description: 'PromptLayer key',
    format: 'pl_<hex:32>',
    source: 'docs.promptlayer.com: keys begin with pl_',
    exact: true,
  },
  {
    id: 'encoded-credentials',
    description: 'Base64 of an object that begins with apiKey, api_key, token, password, secret, access_token or auths',
    format:
      `${'eyJ'}(hcGlLZXkiOi|hcGlfa2V5Ijoi|0b2tlbiI6I|wYXNzd29yZCI6|zZWNyZXQiOi|hY2Nlc3NfdG9rZW4iOi|hdXRocyI6)` +
      '<padded:30..400>',
    source: 'RFC 4648: what such objects become; UploadThing tokens and Docker’s config are two of them',
  },
  {
    id: 'v0-key',
    description: 'v0 key',
    format: 'v1:<base62:24>:<base62:24>',
    source: 'v0.app/docs: API keys',
  },
  {
    id: 'lambda-key',
    description: 'Lambda Cloud key',
    format: 'secret_<slug:1..40>_{{<hex:32>.<base62:32>}}',
    source: 'docs.lambda.ai: Cloud API keys',
  },
])
