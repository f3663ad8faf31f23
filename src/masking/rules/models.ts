/** Keys of model providers, by each provider's console and API reference; data, never code that scans. */
import { tokens } from './format.ts'

/** The mark that OpenAI's keys hold: base64 of “OpenAI”. */
const OPENAI = `T3Blbk${'FJ'}`
const SEEN = 'seen in public tokens and the provider’s own examples'

export const MODELS = tokens([
  {
    id: 'anthropic-key',
    description: 'Anthropic API or admin key',
    format: 'sk-ant-(api03|api04|admin01|admin02)-<base64url:80..120>',
    source: 'docs.claude.com: API overview, keys begin with sk-ant-api03 and sk-ant-admin01',
  },
  {
    id: 'anthropic-oauth',
    description: 'Anthropic OAuth access or refresh token, or session key',
    format: 'sk-ant-(oat01|ort01|sid01|sid02|ocode01)-<base64url:40..200>',
    source: 'docs.claude.com: Claude Code, setup-token; seen in public tokens',
  },
  {
    id: 'openai-key',
    description: 'OpenAI project, service-account or admin key',
    format: 'sk-(proj|svcacct|service|admin|None)-<base64url:40..256>',
    source: 'platform.openai.com: API keys, project and service-account keys',
  },
  {
    id: 'openai-key-legacy',
    description: 'OpenAI user key of before 2024',
    format: `sk-(|<slug:2..30>-)<base62:20>${OPENAI}<base62:20..60>`,
    source: SEEN,
  },
  {
    id: 'openai-ephemeral',
    description: 'OpenAI ephemeral client secret of a realtime session',
    format: 'ek_<hex:32..64>',
    source: 'platform.openai.com: Realtime API, client secrets',
  },
  {
    id: 'openai-session',
    description: 'OpenAI dashboard session key',
    format: 'sess-<base62:40>',
    source: SEEN,
  },
  {
    id: 'openrouter-key',
    description: 'OpenRouter key',
    format: 'sk-or-(v1|v2)-<hex:64>',
    source: 'openrouter.ai: API authentication, keys begin with sk-or-v1',
  },
  { id: 'xai-key', description: 'xAI key', format: 'xai-<base62:70..100>', source: 'docs.x.ai: keys begin with xai-' },
  { id: 'groq-key', description: 'Groq key', format: 'gsk_<base62:50..60>', source: 'console.groq.com: API keys' },
  {
    id: 'perplexity-key',
    description: 'Perplexity key',
    format: 'pplx-<base62:40..60>',
    source: 'docs.perplexity.ai: keys begin with pplx-',
  },
  {
    id: 'deepseek-key',
    description: 'Key of DeepSeek, DashScope and others: sk- and 32 hexadecimal digits',
    format: 'sk-<hex:32>',
    source: SEEN,
    exact: true,
  },
  {
    id: 'model-key',
    description: 'Key of services that copied the form of OpenAI’s: sk- and 43 to 64 letters and digits',
    format: 'sk-<base62:43..64>',
    source: 'platform.stability.ai, platform.moonshot.ai, docs.siliconflow.cn: keys begin with sk-',
    exact: true,
  },
  {
    id: 'cerebras-key',
    description: 'Cerebras key',
    format: 'csk-<base36:44..60>',
    source: 'inference-docs.cerebras.ai: keys begin with csk-',
  },
  {
    id: 'nvidia-key',
    description: 'NVIDIA API key',
    format: 'nvapi-<base64url:60..80>',
    source: 'docs.api.nvidia.com: keys begin with nvapi-',
  },
  {
    id: 'huggingface-token',
    description: 'Hugging Face user token',
    format: 'hf_<base62:34>',
    source: 'huggingface.co: User access tokens, hf_ and 34 characters',
    exact: true,
  },
  {
    id: 'huggingface-organisation',
    description: 'Hugging Face organisation token',
    format: 'api_org_<base62:34..40>',
    source: 'huggingface.co: organisation API tokens, api_org_',
  },
  {
    id: 'huggingface-oauth',
    description: 'Hugging Face OAuth token or application secret',
    format: 'hf_(oauth|app|jwt)_<base64url:20..>',
    source: 'huggingface.co: OAuth, hf_oauth_',
  },
  {
    id: 'replicate-token',
    description: 'Replicate token',
    format: 'r8_<base62:37>',
    source: 'replicate.com: HTTP API, tokens are r8_ and 37 characters',
  },
  {
    id: 'fireworks-key',
    description: 'Fireworks AI key',
    format: '(fw|fpk)_<base62:22..32>',
    source: 'docs.fireworks.ai: keys begin with fw_',
  },
  {
    id: 'together-token',
    description: 'Together AI key',
    format: 'tgp_v1_<base64url:40..50>',
    source: 'docs.together.ai: keys begin with tgp_v1_',
  },
  {
    id: 'anyscale-key',
    description: 'Anyscale endpoint secret or platform token',
    format: ['esecret_<base62:20..40>', 'aph0_<base64url:30..120>'],
    source: 'docs.anyscale.com: ANYSCALE_CLI_TOKEN begins with aph0_',
  },
  {
    id: 'voyage-key',
    description: 'Voyage AI key',
    format: 'pa-<base64url:43>',
    source: 'docs.voyageai.com: keys begin with pa-',
    exact: true,
  },
  {
    id: 'jina-key',
    description: 'Jina AI key',
    format: 'jina_<base64url:40..80>',
    source: 'jina.ai: API keys begin with jina_',
  },
  {
    id: 'friendli-token',
    description: 'Friendli personal token',
    format: 'flp_<base62:40..60>',
    source: 'friendli.ai: personal access tokens begin with flp_',
  },
  {
    id: 'kaggle-token',
    description: 'Kaggle API token',
    format: 'KGAT_<hex:32>',
    source: 'kaggle.com: API tokens begin with KGAT_',
  },
])
