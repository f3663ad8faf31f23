/** The demo's routes that are no conversation: models, embeddings, token counts, pings. Pure. */
import { tokens } from './answers.ts'
import { type Json, textAt } from './json.ts'

const MODELS = ['demo', 'gpt-demo', 'claude-demo']

/** The reply's body, or `undefined` where the route is not one of these. `path` without a leading `/v1`. */
export function metadata(method: string, path: string, body: Json): unknown {
  if (method === 'GET' || method === 'HEAD') return read(path)
  if (path === '/messages/count_tokens') return { input_tokens: tokens(JSON.stringify(body)) }
  if (path === '/embeddings') return embeddings(body)
  return undefined
}

function read(path: string): unknown {
  if (path === '/' || path === '/_ping') return { ok: true }
  if (path === '/models') {
    return { object: 'list', data: MODELS.map(model), has_more: false, first_id: MODELS[0], last_id: MODELS.at(-1) }
  }
  const id = /^\/models\/([^/]+)$/.exec(path)?.[1]
  return id && MODELS.includes(id) ? model(id) : undefined
}

/** In the shape of both providers. */
const model = (id: string) => ({
  id,
  object: 'model',
  type: 'model',
  created: 1_767_225_600,
  created_at: '2026-01-01T00:00:00Z',
  owned_by: 'gatelog-demo',
  display_name: `Demo (${id})`,
})

/** https://platform.openai.com/docs/api-reference/embeddings: floats, or base64 of little-endian float32. */
function embeddings(body: Json): unknown {
  const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']]
  const data = inputs.map((input, index) => {
    const floats = Float32Array.from({ length: 8 }, (_, at) => Math.fround(((textAt(input).length + at) % 10) / 10))
    const embedding = body['encoding_format'] === 'base64' ? Buffer.from(floats.buffer).toString('base64') : [...floats]
    return { object: 'embedding', index, embedding }
  })
  const used = tokens(JSON.stringify(body['input'] ?? ''))
  return {
    object: 'list',
    data,
    model: textAt(body['model']) || 'demo',
    usage: { prompt_tokens: used, total_tokens: used },
  }
}
