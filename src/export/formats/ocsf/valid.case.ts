/** Holds an event to the facts of OCSF 1.8.0: what is wrong with it, by path. Never used by the product. */
import { isIP } from 'node:net'
import { SCHEMA } from './schema.case.ts'

interface Attribute {
  readonly required: boolean
  readonly type: string
  readonly list: boolean
  readonly values: readonly string[] | undefined
}

interface Shape {
  readonly any: readonly string[]
  readonly attributes: Map<string, Attribute>
}

const CLASSES: Readonly<Record<number, string>> = {
  6003: 'api_activity',
  2006: 'data_security_finding',
  2004: 'detection_finding',
}

function shapesOf(text: string): Map<string, Shape> {
  const shapes = new Map<string, Shape>()
  let shape: Shape | undefined
  for (const line of text.trim().split('\n')) {
    if (line.startsWith(' ')) for (const word of line.trim().split(' ')) shape?.attributes.set(...attributeOf(word))
    else {
      const [name = '', any] = line.split(' any:')
      shape = { any: any?.split('|') ?? [], attributes: new Map() }
      shapes.set(name, shape)
    }
  }
  return shapes
}

function attributeOf(word: string): [string, Attribute] {
  const [, name = '', must, type = '', list, values] = /^(\w+)(!?):(\w+)(\[\])?(?:=(.*))?$/.exec(word) ?? []
  return [name, { required: must === '!', type, list: list !== undefined, values: values?.split('|') }]
}

const SHAPES = shapesOf(SCHEMA)

/** Every fault of an event; none where it is valid. */
export function faultsOf(event: Readonly<Record<string, unknown>>): string[] {
  const name = CLASSES[Number(event['class_uid'])]
  if (!name) return [`class_uid ${String(event['class_uid'])} is not one of ours`]
  const type = Number(event['class_uid']) * 100 + Number(event['activity_id'])
  const wrong = event['type_uid'] === type ? [] : [`type_uid is not ${type}`]
  const category = Math.floor(Number(event['class_uid']) / 1000)
  if (event['category_uid'] !== category) wrong.push(`category_uid is not ${category}`)
  return [...wrong, ...objectFaults(event, name, '')]
}

function objectFaults(value: unknown, name: string, at: string): string[] {
  const shape = SHAPES.get(name)
  if (!shape) return [`${at}: no facts of ${name}`]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: no object`]
  const keys = Object.keys(value)
  const faults = keys.flatMap((key) => {
    const known = shape.attributes.get(key)
    if (!known) return [`${at}.${key}: ${name} has no such attribute`]
    return attributeFaults((value as Record<string, unknown>)[key], known, `${at}.${key}`)
  })
  for (const [key, { required }] of shape.attributes)
    if (required && !keys.includes(key)) faults.push(`${at}.${key} is missing`)
  if (shape.any.length > 0 && !shape.any.some((key) => keys.includes(key)))
    faults.push(`${at}: one of ${shape.any.join(', ')} must be there`)
  return faults
}

function attributeFaults(value: unknown, { type, list, values }: Attribute, at: string): string[] {
  if (list) {
    if (!Array.isArray(value)) return [`${at}: no list`]
    return value.flatMap((each, nth) =>
      attributeFaults(each, { type, list: false, values, required: false }, `${at}[${nth}]`),
    )
  }
  if (values && !values.includes(String(value))) return [`${at}: ${String(value)} is not one of ${values.join(', ')}`]
  const simple = SIMPLE[type]
  if (simple) return simple(value) ? [] : [`${at}: no ${type}`]
  return objectFaults(value, type, at)
}

const SIMPLE: Readonly<Record<string, (value: unknown) => boolean>> = {
  s: (value) => typeof value === 'string',
  i: (value) => Number.isSafeInteger(value),
  b: (value) => typeof value === 'boolean',
  j: () => true,
  o: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ip: (value) => typeof value === 'string' && isIP(value) > 0,
}
