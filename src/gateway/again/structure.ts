/** Which strings of a body say what its parts are, by the words of the protocols: nobody wrote them. Data and its look-up. */
import type { Value } from '#wire'

/** Below these is what a tool is given, or declares, or what a client says of itself and its files. */
const GIVEN =
  /\.(?:arguments|input|parameters|input_schema|output_schema|schema)\.|(?:^|\.)(?:metadata|attributes|copilot_references)\./
const LABEL = /^[\w.:/-]{1,128}$/
/** Names of fields with a figure in them. */
const KEYS = new Set(['b64_json', 'partial_image_b64', 'image_b64'])

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** What the objects of the protocols stand in, from the top: below any other name is what no protocol knows. */
const WITHIN = words(`messages input output system content choices message delta item part content_block tools functions
  function custom tool_calls toolCalls function_call tool_choice call action sources annotations annotation citations
  citation source cache_control caller image_url input_audio audio file container skills environment operation outcome
  outputs response_format text format reasoning thinking output_config usage iterations stop_details user_location
  summary tool_references`)
const ITEMS = 'messages input output message delta item'
/** Of the top. */
const TOP = ''
/** By field: in which objects a label of it is a word of the protocol, or an id that says which call a result is of. */
const FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['role', words(ITEMS)],
  ['phase', words(ITEMS)],
  ['status', words(`${TOP} input output item`)],
  ['id', words(`${TOP} ${ITEMS} choices content content_block tool_calls toolCalls call container`)],
  ...['call_id', 'item_id', 'approval_request_id'].map((name) => [name, words(`${TOP} input output item`)] as const),
  ['tool_call_id', words('messages')],
  ['tool_use_id', words('content content_block')],
  ...['object', 'model', 'service_tier', 'system_fingerprint'].map(
    (name) => [name, words(`${TOP} message choices usage iterations tools`)] as const,
  ),
  ...['finish', 'finish_reason', 'native_finish_reason', 'stop_reason'].map(
    (name) => [name, words(`${TOP} choices message delta content`)] as const,
  ),
  ...['media_type', 'mime_type'].map((name) => [name, words('source file image_url')] as const),
  ['detail', words('image_url content input')],
  ['format', words('input_audio audio')],
  ['effort', words('reasoning output_config')],
  ['summary', words('reasoning')],
  ...['output_format', 'quality', 'size', 'background'].map((name) => [name, words(`${TOP} tools`)] as const),
  ['verbosity', words(`${TOP} text`)],
  ...['response_id', 'previous_response_id', 'event_id', 'request_id', 'truncation', 'encoding_format'].map(
    (name) => [name, words(TOP)] as const,
  ),
  ...['tool_choice', 'reasoning_effort'].map((name) => [name, words(TOP)] as const),
  ['name', words('tools functions function custom function_call tool_calls toolCalls tool_choice call')],
])
/** Parts, of which those alone have a name or an id that are of a call. */
const PARTS = words('content input output item content_block')
const OF_CALLS = /(?:_use|_result|_call|_output|_request|_response|_tools)$/
/** Lists of such words, also in what is put together of a body. */
const NAMES = /^(?:tools|attachments|filters|include|modalities|messages\.\d+\.attachments)\.\d+$/

/** Whether a value of a document that a protocol reads is structure, by its whole path. `typeOf`: what type the object at a path has. */
export function isStructure(
  { path, kind, value }: Pick<Value, 'path' | 'kind' | 'value'>,
  typeOf: (path: string) => string | undefined,
): boolean {
  const at = path.startsWith('response.') ? path.slice('response.'.length) : path
  const simply = isSimply({ path: at, kind, value })
  if (simply !== undefined) return simply
  if (NAMES.test(at)) return true
  const steps = at.split('.')
  const name = steps.pop() as string
  const within = steps.filter((step) => !/^\d+$/.test(step))
  if (!within.every((step) => WITHIN.has(step))) return false
  const parent = within.at(-1) ?? TOP
  if (name === 'type') return true
  const isOfCall = () => OF_CALLS.test(typeOf(path.slice(0, path.lastIndexOf('.'))) ?? '')
  if (name === 'name' && PARTS.has(parent)) return isOfCall()
  if (name === 'id' && parent === 'content') return steps[0] === 'content' || isOfCall()
  return FIELDS.get(name)?.has(parent) ?? false
}

/** Numbers are, but what a tool is given; a text that is no label is none. Undefined where its place tells. */
function isSimply({ path, kind, value }: Pick<Value, 'path' | 'kind' | 'value'>): boolean | undefined {
  if (GIVEN.test(path)) return false
  if (kind === 'number') return true
  if (kind === 'key') return KEYS.has(value)
  return LABEL.test(value) ? undefined : false
}

/** Where the name of a tool stands in a lane of a stream; that of who takes part is none. */
const TOOL =
  /(?:^|\.)(?:tools?|functions?|custom|function_call|tool_calls|tool_choice|call|content|output|item|content_block)(?:\.\d+)?\.name$/

/** The same of a lane: it has no path from the top, and goes by the name of its field. */
export function isLabel(lane: string, value: string): boolean {
  const simply = isSimply({ path: lane, kind: 'text', value })
  if (simply !== undefined) return simply
  const name = lane.slice(lane.lastIndexOf('.') + 1)
  return name === 'type' || (name !== 'name' && FIELDS.has(name)) || TOOL.test(lane)
}

/** Fields that bear what only a machine reads: no stream brings them as text. */
export const OPAQUE =
  /"(?:signature|encrypted_(?:content|index)|reasoning_opaque|data|result|file_data|b64_json|partial_image_b64|image_url|url)"/

export const isOpaque = ({ path, kind }: Value): boolean =>
  kind === 'text' && OPAQUE.test(`"${path.slice(path.lastIndexOf('.') + 1)}"`)
