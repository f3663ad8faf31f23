/**
 * Tokens in base64 from their first character on, so that the whole of it is masked; the engine itself finds them in the
 * middle of other base64. Data, never code that scans.
 */
import type { MaskingRule } from '../rule.ts'
import { either } from './spelling.ts'

/** [id, whose, beginnings, shortest token in characters]. */
const TOKENS: readonly (readonly [id: string, whose: string, heads: readonly string[], least: number])[] = [
  ['github', 'GitHub token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'], 40],
  ['gitlab', 'GitLab token', ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glsoat-'], 20],
  ['anthropic', 'Anthropic key', ['sk-ant-'], 60],
  ['openai', 'OpenAI key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], 40],
  ['openrouter', 'OpenRouter key', ['sk-or-v1-'], 60],
  ['aws', 'AWS access key id', ['AKIA', 'ASIA'], 20],
  ['slack', 'Slack token', ['xoxb-', 'xoxp-', 'xapp-', 'xoxe.', 'xoxa-', 'xoxr-'], 24],
  ['stripe', 'Stripe key', ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'], 24],
  ['sendgrid', 'SendGrid key', ['SG.'], 60],
  ['npm', 'npm token', ['npm_'], 40],
  ['pypi', 'PyPI token', ['pypi-AgE'], 60],
  ['huggingface', 'Hugging Face token', ['hf_', 'api_org_'], 36],
  ['google', 'Google key', ['AIza', 'GOCSPX-', 'ya29.'], 34],
  ['digitalocean', 'DigitalOcean token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], 60],
  ['docker', 'Docker token', ['dckr_pat_', 'dckr_oat_'], 30],
  ['vault', 'HashiCorp Vault token', ['hvs.', 'hvb.'], 40],
  ['grafana', 'Grafana token', ['glsa_', 'glc_'], 40],
  ['databricks', 'Databricks token', ['dapi'], 36],
  ['shopify', 'Shopify token', ['shpat_', 'shpss_', 'shpca_'], 36],
  ['linear', 'Linear key', ['lin_api_'], 40],
  ['notion', 'Notion token', ['ntn_'], 40],
  ['atlassian', 'Atlassian token', ['ATATT3xFf'], 100],
  ['groq', 'Groq key', ['gsk_'], 50],
  ['xai', 'xAI key', ['xai-'], 60],
  ['nvidia', 'NVIDIA key', ['nvapi-'], 60],
  ['replicate', 'Replicate token', ['r8_'], 38],
  ['supabase', 'Supabase key', ['sbp_', 'sb_secret_'], 30],
  ['postman', 'Postman key', ['PMAK-'], 50],
  ['newrelic', 'New Relic key', ['NRAK-'], 30],
  ['tailscale', 'Tailscale key', ['tskey-'], 24],
  ['planetscale', 'PlanetScale token', ['pscale_tkn_', 'pscale_pw_'], 36],
  ['pulumi', 'Pulumi token', ['pul-'], 40],
  ['doppler', 'Doppler token', ['dp.pt.', 'dp.st.', 'dp.ct.'], 40],
  ['rubygems', 'RubyGems key', ['rubygems_'], 48],
  ['gatelog', 'Gatelog key', ['gtl_'], 30],
]

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** What base64 is where the text it stands for is ASCII: the first bit of each byte is 0, whatever stands before. */
const ASCII = [
  ALPHABET.slice(0, 32),
  [...ALPHABET].filter((_, value) => (value & 8) === 0).join(''),
  [...ALPHABET].filter((_, value) => (value & 2) === 0).join(''),
  ALPHABET,
].map((letters) => `[${letters}]`)

/** The characters that `head` alone decides, and the place in a group of the next. */
function image(head: string): readonly [letters: string, next: number] {
  const bits = [...head].map((c) => c.charCodeAt(0).toString(2).padStart(8, '0')).join('')
  const to = Math.floor(bits.length / 6)
  let letters = ''
  for (let i = 0; i < to; i++) letters += ALPHABET[Number.parseInt(bits.slice(i * 6, i * 6 + 6), 2)]
  return [letters, to % 4]
}

/** The rest of the group, whole groups of ASCII, and an end that may be padded. */
function rest(next: number, least: number): string {
  const opened = next === 0 ? '' : ASCII.slice(next).join('')
  return `${opened}(?:${ASCII.join('')}){${Math.max(1, Math.floor((least - 12) / 3))},}(?:${ASCII[0]}${ASCII[1]}(?:${ASCII[2]}=?|={0,2}))?`
}

/** A token that is encoded by itself, from its first character on. */
const alone = ([id, whose, heads, least]: (typeof TOKENS)[number]): MaskingRule => {
  const images = heads.map((head) => image(head))
  return {
    id: `${id}-base64`,
    description: `${whose} in base64`,
    literals: [...new Set(images.map(([letters]) => letters))],
    secret: images.map(([letters, next]) => `${either([letters])}${rest(next, least)}`).join('|'),
    examples: {
      match: [`echo {{${btoa(`${heads[0]!}${'Zx9kPw3vTq'.repeat(12)}`)}}} | base64 -d`],
      miss: [btoa(`${heads[0]!}short`), `${images[0]![0]} is no token`],
    },
  }
}

export const ENCODINGS: readonly MaskingRule[] = TOKENS.map(alone)
