/** Which strings of a body say what its parts are, by the words of the protocols: nobody wrote them. Data and its look-up. */
import type { Value } from '#wire'

/** Of these fields a label is the protocol's word. */
const LABELS = new Set([
  ...['role', 'type', 'object', 'model', 'status', 'finish', 'finish_reason', 'native_finish_reason', 'stop_reason'],
  ...['media_type', 'mime_type', 'detail', 'effort', 'service_tier', 'tool_choice', 'phase', 'format', 'output_format'],
  ...['truncation', 'verbosity', 'summary', 'encoding_format', 'quality', 'background', 'size'],
])
/** Of these it is an id: it says which call a result is of. */
const IDS = new Set([
  ...['id', 'call_id', 'tool_call_id', 'tool_use_id', 'item_id', 'response_id', 'previous_response_id', 'event_id'],
  ...['request_id', 'approval_request_id', 'system_fingerprint'],
])
/** Lists of such words, also in what is put together of a body. */
const NAMES = /^(?:tools|attachments|filters|include|modalities|messages\.\d+\.attachments)\.\d+$/
/** Where the name of a tool stands, in bodies and in lanes of a stream; that of who takes part is none. */
const TOOL =
  /(?:^|\.)(?:tools?|functions?|custom|function_call|tool_calls|toolCalls|tool_choice|call|content|input|output|item|content_block)(?:\.\d+)?\.name$/
/** Below these is what a tool is given, or declares, or what a client says of itself. */
const GIVEN = /\.(?:arguments|input|parameters|input_schema|schema)\.|(?:^|\.)metadata\./
const LABEL = /^[\w.:/-]{1,128}$/
/** Names of fields with a figure in them. */
const KEYS = new Set(['b64_json', 'partial_image_b64', 'image_b64'])

/** Whether a value of a body that a protocol reads is structure. Numbers are, but what a tool is given. */
export function isStructure({ path, kind, value }: Pick<Value, 'path' | 'kind' | 'value'>): boolean {
  const at = path.startsWith('response.') ? path.slice('response.'.length) : path
  if (GIVEN.test(at)) return false
  if (kind === 'number') return true
  if (kind === 'key') return KEYS.has(value)
  if (!LABEL.test(value)) return false
  const name = at.slice(at.lastIndexOf('.') + 1)
  return LABELS.has(name) || IDS.has(name) || TOOL.test(at) || NAMES.test(at)
}

/** Fields that bear what only a machine reads: no stream brings them as text. */
export const OPAQUE =
  /"(?:signature|encrypted_(?:content|index)|reasoning_opaque|data|result|file_data|b64_json|partial_image_b64|image_url|url)"/

export const isOpaque = ({ path, kind }: Value): boolean =>
  kind === 'text' && OPAQUE.test(`"${path.slice(path.lastIndexOf('.') + 1)}"`)
