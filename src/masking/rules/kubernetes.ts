/** Values of Kubernetes secrets, whatever their keys are called. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'

const QUOTE = `(?:\\\\{0,4}["'])?`
/** A line of a manifest, or a member of its JSON form. */
const LINE = '(?:\\n|\\\\{1,4}n)'
const KEY = `${QUOTE}[A-Za-z0-9_.-]{1,80}${QUOTE}[ ]?:[ ]{0,4}${QUOTE}`
/** Entries before the one that is looked at. */
const ENTRIES = `(?:[ ]{1,16}[^\\n\\\\]+${LINE})*`

const DATA_JSON = `${QUOTE}data${QUOTE}[ ]?:[ ]?\\{\\s{0,16}(?:${KEY}[^,{}]*,\\s{0,16})*`
const DATA_YAML = `data:[ ]?\\r?${LINE}${ENTRIES}[ ]{1,16}`

export const KUBERNETES: readonly MaskingRule[] = [
  {
    id: 'kubernetes-secret',
    description: 'Value under data of a Kubernetes secret, base64',
    source: 'kubernetes.io/docs: Secrets, data',
    literals: [
      'kind: Secret',
      '"kind":"Secret"',
      '"kind": "Secret"',
      'apiVersion: v1\ndata:',
      '"apiVersion":"v1","data":',
    ],
    inWord: true,
    before:
      `kind: Secret[ ]?\\r?\\n(?:[^\\n-][^\\n]*\\n)*${DATA_YAML}${KEY}` +
      `|"kind":[ ]?"Secret"[^{}]*(?:\\{[^{}]*\\}[^{}]*){0,3}${DATA_JSON}${KEY}` +
      `|apiVersion: v1\\n${DATA_YAML}${KEY}|"apiVersion":"v1",${DATA_JSON}${KEY}`,
    secret: '[A-Za-z0-9+/]{8,1000}={0,2}',
    notAfter: '[A-Za-z0-9+/=:._-]',
    checks: ['base64-secret'],
    examples: {
      match: [
        `apiVersion: v1\nkind: Secret\nmetadata:\n  name: pg\ntype: Opaque\ndata:\n  host: ${btoa('db.internal')}\n  pw: {{${btoa('Zx9!kPw3vTq')}}}\n`,
        `apiVersion: v1\ndata:\n  any.thing: {{${btoa('kPw3vTq8LmZx92bRtYh4')}}}\nkind: Secret\n`,
        `{"kind": "Secret", "metadata": {"name": "a"}, "data": {"user": "${btoa('admin')}", "x": "{{${btoa('Zx9!kPw3vTq')}}}" } }`,
      ],
      miss: [
        `kind: Secret\ndata:\n  user: ${btoa('admin')}\n`,
        'kind: ConfigMap\ndata:\n  level: debug\n',
        'apiVersion: v1\ndata:\n  LOG_FORMAT: json-v2-compact\nkind: ConfigMap\n',
      ],
    },
  },
]
