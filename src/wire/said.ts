/** All that a provider could read of a request, whatever key it stands under. Pure; judges nothing. */
import { Fault, type Prompt } from '#exchange'
import { type Json, list, object, parsedOr, string } from './json.ts'
import { isBase64 } from './strings.ts'

/** Strings that say what a part is, not what is said. */
const LABELS = new Set(['role', 'type', 'object', 'model'])
const LABEL = /^[\w.:/-]{1,64}$/
/** Below these a key is a name that a model reads: a tool's parameter. */
const NAMED = new Set(['properties', '$defs', 'definitions', 'input', 'arguments'])

/**
 * The texts of a parsed body, joined by newlines: every string but files in base64 and the words for what a part is;
 * arguments that are JSON in a string as they stand and by what they mean.
 */
export function saidIn(document: unknown): string {
  const texts: string[] = []
  take(document, '', texts)
  return texts.join('\n')
}

function take(value: unknown, key: string, texts: string[]): void {
  if (typeof value === 'string') {
    if (value === '' || (LABELS.has(key) && LABEL.test(value)) || isBase64(value, '') || isBase64(value, 'data:'))
      return
    texts.push(value)
    if (key === 'arguments' && value.includes('\\')) takeParsed(value, texts)
  } else if (Array.isArray(value)) for (const element of value) take(element, key, texts)
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      if (NAMED.has(key)) texts.push(name)
      take(inner, name, texts)
    }
}

function takeParsed(value: string, texts: string[]): void {
  const parsed = parsedOr(value)
  if (typeof parsed === 'object') take(parsed, '', texts)
}

/** What can be told of a body that no protocol reads. */
export function plainPrompt(body: string): { readonly prompt: Prompt; readonly said: string } {
  const document = parsedOr(body)
  const { model, stream } = object(document)
  const said = document === body ? body : saidIn(document)
  const messages = [{ role: 'user' as const, text: said }]
  return { prompt: { model: string(model), stream: stream === true, messages, tools: [] }, said }
}

/** Keys whose meaning a condition may ask for. */
const READ = new Set([
  ...['model', 'messages', 'input', 'prompt', 'suffix', 'instructions', 'system', 'tools', 'functions', 'stream'],
  ...['role', 'content', 'text', 'tool_calls', 'function_call'],
])

/**
 * Refuses keys of a prompt that differ from those which are read in case alone: servers that fold keys, as Go's do,
 * would read there what no rule was asked about. @throws request.key
 */
export function checkSpelling(document: unknown): void {
  const outer = object(document)
  for (const body of [outer, object(outer['response'])]) {
    checkKeys(body)
    for (const part of [body['messages'], body['input'], body['system']])
      for (const element of list(part)) {
        checkKeys(object(element))
        for (const inner of list(object(element)['content'])) checkKeys(object(inner))
      }
  }
}

function checkKeys(value: Json): void {
  for (const key in value) {
    if (READ.has(key)) continue
    const folded = key.toUpperCase().toLowerCase()
    if (folded !== key && READ.has(folded)) throw new Fault('request.key', `${folded} in another spelling`)
  }
}
