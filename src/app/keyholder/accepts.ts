/** What each call of the keyholder may be given: shapes and sizes, looked at before anything is done. Opens nothing. */
import type { Calls } from './holder.ts'

type Check = (value: unknown) => boolean

const MOST_LIST = 1024
const KEY_BYTES = 32
const MOST_WRAPPED = 128
const MOST_TEXT = 8192
const MOST_PEM = 262_144
const MOST_NAMES = 4096
/** Of what says where keys are: names and paths, and the PEM of a CA that stands in the configuration. */
const MOST_FORM = 1_048_576

const text =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= most
const bytes =
  (least: number, most: number): Check =>
  (value) =>
    value instanceof Uint8Array && value.length >= least && value.length <= most
const list =
  (of: Check, most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(of)

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))

const wrapped: Check = (value) =>
  isPlain(value) && text(64)(value['by']) && bytes(1, MOST_WRAPPED)(value['bytes']) && Object.keys(value).length === 2

/** Names, numbers, lists and objects of such, within a size. */
const form: Check = (value) => {
  let left = MOST_FORM
  const fits = (each: unknown, depth: number): boolean => {
    left -= typeof each === 'string' ? each.length + 1 : 1
    if (left < 0 || depth > 8) return false
    if (Array.isArray(each)) return each.every((one) => fits(one, depth + 1))
    if (isPlain(each)) return Object.entries(each).every(([key, one]) => fits(key, depth) && fits(one, depth + 1))
    return each === undefined || ['string', 'number', 'boolean'].includes(typeof each)
  }
  return isPlain(value) && fits(value, 0)
}

/** Heads of logs that entries tell of. */
const told: Check = (value) =>
  value === undefined ||
  list(
    (each) =>
      isPlain(each) && text(1024)(each['origin']) && Number.isSafeInteger(each['size']) && text(128)(each['root']),
    MOST_NAMES,
  )(value)

const rotation: Check = (value) =>
  isPlain(value) &&
  Object.entries(value).every(
    ([key, each]) =>
      each === undefined ||
      (key === 'days' ? Number.isFinite(each) : ['now', 'stolen'].includes(key) && typeof each === 'boolean'),
  )

/** By call: its arguments, in their order; no more, and none that has to be there is left out. */
const ARGUMENTS: Readonly<Record<keyof Calls, readonly Check[]>> = {
  known: [],
  wrap: [list(bytes(KEY_BYTES, KEY_BYTES), MOST_LIST)],
  unwrap: [list(wrapped, MOST_LIST)],
  renew: [],
  signer: [form, text(MOST_TEXT)],
  sign: [bytes(1, MOST_TEXT), told],
  signLast: [],
  signKnown: [],
  credentials: [form],
  credential: [text(64)],
  ca: [form],
  leaf: [text(255)],
  caRows: [],
  caExport: [],
  caRotate: [rotation],
  caRequest: [],
  caImport: [text(MOST_PEM)],
  caBeyond: [list(text(255), MOST_NAMES)],
  caExposed: [],
  settled: [],
  counts: [],
}

/** Whether a name is that of a call. */
export const isCall = (name: unknown): name is keyof Calls => typeof name === 'string' && Object.hasOwn(ARGUMENTS, name)

/** Whether a call may be given these. */
export const accepts = (name: keyof Calls, args: unknown): args is readonly unknown[] =>
  Array.isArray(args) && args.length <= ARGUMENTS[name].length && ARGUMENTS[name].every((fits, at) => fits(args[at]))

/** Whether it is what a holder is started with. */
export const isBegin = (value: unknown): boolean =>
  form(value) &&
  isPlain(value) &&
  isPlain(value['wrapping']) &&
  list(text(1024), MOST_NAMES)(value['variables']) &&
  ['data', 'id'].every((name) => text(MOST_TEXT)((value['wrapping'] as Record<string, unknown>)[name])) &&
  isPlain((value['wrapping'] as Record<string, unknown>)['form'])
