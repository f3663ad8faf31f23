/** What a string of a reply is, for putting values back: shown text, a tool's arguments, or neither. Reads no byte. */
import type { ProtocolName } from '#exchange'

/** Parsed JSON as it came from a provider. */
export type Json = Readonly<Record<string, unknown>>

/** `tool`: the name, or the lane's key by which it was told before. */
export type Place =
  | { readonly kind: 'text'; readonly group: string }
  | { readonly kind: 'arguments' | 'freeform'; readonly tool: string | undefined; readonly key: string }
  | { readonly kind: 'field'; readonly tool: string | undefined; readonly field: string; readonly input: Json }

export interface Places {
  /** The place of a delta lane. */
  lane(lane: string): Place | undefined
  /** The place of a complete string, by its path in an event or document. */
  whole(document: Json, path: string): Place | undefined
  /** Names of tools that an event tells, by lane key. */
  tools(event: Json): readonly (readonly [key: string, name: string])[]
}

/** `group`: windows may show all texts of one in a row, as one text. */
const textOf = (group = ''): Place => ({ kind: 'text', group })
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const name = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
/** What holds the value at a path. */
const holderOf = (document: Json, path: string): Json =>
  path
    .split('.')
    .slice(0, -1)
    .reduce((at, step) => object(at[step]), document)

const CHAT: Places = {
  lane(lane) {
    const text = /^(choices\/\d+)\/content$/.exec(lane)
    if (text) return textOf(text[1])
    const [, key, field] = /^(choices\/\d+\/tool\/\w+\/)(arguments|input)$/.exec(lane) ?? []
    if (key === undefined) return undefined
    return { kind: field === 'input' ? 'freeform' : 'arguments', tool: undefined, key }
  },
  whole(document, path) {
    const text = /^(choices\.\d+)\.message\.content$/.exec(path)
    if (text) return textOf(text[1])
    const kind = /\.message\.tool_calls\.\d+\.(?:function\.(arguments)|custom\.(input))$/.exec(path)
    if (!kind) return undefined
    return { kind: kind[1] ? 'arguments' : 'freeform', tool: name(holderOf(document, path)['name']), key: '' }
  },
  tools: (event) =>
    list(event['choices']).flatMap((each, at) => {
      const choice = object(each)
      const calls = list(object(choice['delta'])['tool_calls']).map(object)
      return calls.flatMap((call, nth) => {
        const told = name(object(call['function'] ?? call['custom'])['name'])
        const key = `choices/${choice['index'] ?? at}/tool/${call['index'] ?? nth}/`
        return told ? [[key, told] as const] : []
      })
    }),
}

const COMPLETIONS: Places = {
  lane: (lane) => (/^choices\/\d+\/text$/.test(lane) ? textOf(lane) : undefined),
  whole: (_document, path) => (/^choices\.\d+\.text$/.test(path) ? textOf(path) : undefined),
  tools: () => [],
}

const MESSAGES: Places = {
  lane(lane) {
    const [, key, field] = /^(content\/\d+\/)(text|partial_json)$/.exec(lane) ?? []
    if (key === undefined) return undefined
    return field === 'text' ? textOf() : { kind: 'arguments', tool: undefined, key }
  },
  whole(document, path) {
    const [, at, field] = /^content\.(\d+)\.(text|input\..+)$/.exec(path) ?? []
    const block = object(list(document['content'])[Number(at)])
    if (field === undefined) return undefined
    if (field === 'text') return block['type'] === 'text' ? textOf() : undefined
    const inside = field.replace(/^input\./, '').replace(/(^|\.)\d+(?=\.|$)/g, '')
    const tool = block['type'] === 'tool_use' ? name(block['name']) : undefined
    return { kind: 'field', tool, field: inside, input: object(block['input']) }
  },
  tools(event) {
    const block = object(event['content_block'])
    const told =
      event['type'] === 'content_block_start' && block['type'] === 'tool_use' ? name(block['name']) : undefined
    return told ? [[`content/${event['index'] ?? 0}/`, told]] : []
  },
}

const CALLS: Readonly<Record<string, 'arguments' | 'freeform'>> = {
  'response.function_call_arguments': 'arguments',
  'response.custom_tool_call_input': 'freeform',
}

const RESPONSES: Places = {
  lane(lane) {
    const [, key, type = ''] = /^(output\/\d+\/)\d+\/([\w.]+)$/.exec(lane) ?? []
    if (key === undefined) return undefined
    if (type === 'response.output_text') return textOf()
    const kind = CALLS[type]
    return kind && { kind, tool: undefined, key }
  },
  whole(document, path) {
    const type = String(document['type'] ?? '')
    const done = CALLS[type.replace(/\.done$/, '')]
    if (path === 'text') return type === 'response.output_text.done' ? textOf() : undefined
    if (done && path === (done === 'arguments' ? 'arguments' : 'input'))
      return { kind: done, tool: undefined, key: `output/${document['output_index'] ?? 0}/` }
    const holder = holderOf(document, path)
    const field = path.slice(path.lastIndexOf('.') + 1)
    if (field === 'text') return holder['type'] === 'output_text' ? textOf() : undefined
    const tool = name(holder['name'])
    if (field === 'arguments' && holder['type'] === 'function_call') return { kind: 'arguments', tool, key: '' }
    return field === 'input' && holder['type'] === 'custom_tool_call' ? { kind: 'freeform', tool, key: '' } : undefined
  },
  tools(event) {
    const told = event['type'] === 'response.output_item.added' ? name(object(event['item'])['name']) : undefined
    const type = object(event['item'])['type']
    const ours = type === 'function_call' || type === 'custom_tool_call'
    return told && ours ? [[`output/${event['output_index'] ?? 0}/`, told]] : []
  },
}

export const PLACES: Readonly<Record<ProtocolName, Places>> = {
  chat: CHAT,
  completions: COMPLETIONS,
  messages: MESSAGES,
  responses: RESPONSES,
}
