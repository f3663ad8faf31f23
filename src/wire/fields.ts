/** What each field of a wire document is: a table of paths, compiled to a tree that a scanner walks. Data only. */

/** `inert` is never touched; `whole` is a complete text each time; `delta` continues its lane's text. */
export interface Field {
  readonly how: 'inert' | 'whole' | 'delta'
  /** `json`: the string is itself (a fragment of) JSON text. */
  readonly mode: 'text' | 'json'
  /** Inert only where it bears base64 after these first words (`''` or `data:`); any other string is scanned whole. */
  readonly only?: '' | 'data:'
}

export const INERT: Field = { how: 'inert', mode: 'text' }
/** A file's bytes in base64. The same field may bear plain text instead. */
export const BASE64: Field = { ...INERT, only: '' }
/** The same as a data URL; other URLs may bear credentials. */
export const DATA_URL: Field = { ...INERT, only: 'data:' }
export const WHOLE: Field = { how: 'whole', mode: 'text' }
export const WHOLE_JSON: Field = { how: 'whole', mode: 'json' }
export const DELTA: Field = { how: 'delta', mode: 'text' }
export const DELTA_JSON: Field = { how: 'delta', mode: 'json' }

/** A step of a path. `any` stands for an array's index or any key. */
export interface Tree {
  readonly field?: Field
  readonly keys: ReadonlyMap<string, Tree>
  readonly any?: Tree
}

interface Growing {
  field?: Field
  keys: Map<string, Growing>
  any?: Growing
}

/** Compiles `{ 'choices.*.delta.content': DELTA }`; several paths may share a line, separated by spaces. */
export function fields(table: Readonly<Record<string, Field>>): Tree {
  const root: Growing = { keys: new Map() }
  for (const [paths, field] of Object.entries(table))
    for (const path of paths.trim().split(/\s+/)) {
      let at = root
      for (const step of path.split('.')) at = stepInto(at, step)
      at.field = field
    }
  inherit(root, undefined)
  return root as Tree
}

/** `a.**` names everything below `a` that has no line of its own. */
function inherit(at: Growing, below: Growing | undefined): void {
  const deep = at.keys.get('**')
  at.keys.delete('**')
  if (deep) deep.any = deep
  const rest = deep ?? below
  const children = [...at.keys.values(), ...(at.any && at.any !== at ? [at.any] : [])]
  for (const child of children) {
    if (rest?.field) child.field ??= rest.field
    inherit(child, rest)
  }
  if (rest) at.any ??= rest
}

function stepInto(at: Growing, step: string): Growing {
  if (step === '*') {
    at.any ??= { keys: new Map() }
    return at.any
  }
  const known = at.keys.get(step) ?? { keys: new Map() }
  at.keys.set(step, known)
  return known
}
