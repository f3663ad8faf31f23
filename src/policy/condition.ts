/** What a condition reads and whether it makes sense, told from its syntax tree. Evaluates no condition. */
import { CelScalar, celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { DECLARED, ELEMENTS, ENVIRONMENT, fieldsOf, isReadable, type Readable } from './facts.ts'
import { cheapFirst } from './order.ts'

type Tree = ReturnType<typeof parse>['expr']

/** A condition, read. `problems` are in words for whoever wrote it; with any of them it must not be used. */
export interface Condition {
  readonly tree: Tree
  readonly reads: ReadonlySet<Readable>
  /** The client's word among what it reads. */
  readonly declared: readonly string[]
  readonly problems: readonly string[]
}

/** The fields of a variable that a macro bound; undefined where they are not known. */
type Bound = ReadonlyMap<string, readonly string[] | undefined>

/** Reads a condition. A text that is not CEL has one problem: where it breaks. */
export function readCondition(text: string): Condition | { readonly problems: readonly string[] } {
  try {
    const tree = parse(text).expr
    const walk = new Walk()
    walk.into(tree, new Map())
    const declared = [...walk.reads].filter((name) => DECLARED.has(name))
    if (walk.problems.size === 0) cheapFirst(tree, readsOf)
    return { tree, reads: walk.reads, declared, problems: [...walk.problems] }
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] }
  }
}

function readsOf(tree: Tree): ReadonlySet<Readable> {
  const walk = new Walk()
  walk.into(tree, new Map())
  return walk.reads
}

/** CEL's own names of types, which stand where a variable may. Source: cel-spec langdef, "Values". */
const TYPES = new Set(['bool', 'bytes', 'double', 'dyn', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'])

/** Inner names of the parser, such as the accumulator of a macro. */
const isInner = (name: string): boolean => name.startsWith('@')

class Walk {
  readonly reads = new Set<Readable>()
  readonly problems = new Set<string>()

  into(tree: Tree | undefined, bound: Bound): void {
    const path = pathOf(tree)
    if (path) this.#path(path, bound)
    else if (tree) this.#expression(tree.exprKind, bound)
  }

  #expression(kind: Tree['exprKind'], bound: Bound): void {
    if (kind.case === 'selectExpr') this.into(kind.value.operand, bound)
    else if (kind.case === 'callExpr') this.#call(kind.value, bound)
    else if (kind.case === 'comprehensionExpr') this.#macro(kind.value, bound)
    else if (kind.case === 'listExpr') for (const element of kind.value.elements) this.into(element, bound)
    else if (kind.case === 'structExpr')
      for (const { keyKind, value } of kind.value.entries) {
        if (keyKind.case === 'mapKey') this.into(keyKind.value, bound)
        this.into(value, bound)
      }
  }

  /** A variable, or one field of it by name: the only way to read one, so that what is read is known at load. */
  #path({ name, field }: Path, bound: Bound): void {
    if (isInner(name)) return
    if (bound.has(name)) {
      const fields = bound.get(name)
      if (field !== undefined && fields && !fields.includes(field)) this.#absent(name, field, fields)
      return
    }
    const fields = fieldsOf(name)
    if (!fields) {
      if (!TYPES.has(name)) this.problems.add(`there is no variable ${name}`)
      return
    }
    const whole = field === undefined ? name : `${name}.${field}`
    if (isReadable(whole)) this.reads.add(whole)
    else if (field === undefined) this.problems.add(`name a field of ${name}: ${fields.join(', ')}`)
    else this.#absent(name, field, fields)
  }

  #absent(name: string, field: string, fields: readonly string[]): void {
    this.problems.add(`${name} has no field ${field}${fields.length ? `; it has ${fields.join(', ')}` : ''}`)
  }

  #call({ function: name, target, args }: Call, bound: Bound): void {
    if (!isInner(name) && !OPERATORS.has(name) && !ENVIRONMENT.funcs.find(name))
      this.problems.add(`there is no function ${name}`)
    if (name === 'matches') this.#pattern(args.at(-1))
    for (const part of target ? [target, ...args] : args) this.into(part, bound)
  }

  /** A pattern that stands in the condition is compiled now. */
  #pattern(tree: Tree | undefined): void {
    const pattern = textOf(tree)
    const result = pattern === undefined ? undefined : MATCHES({ pattern })
    if (isCelError(result)) this.problems.add(result.message)
  }

  #macro(macro: Macro, bound: Bound): void {
    const range = pathOf(macro.iterRange)
    const list = range && !bound.has(range.name) ? [range.name, range.field].filter(Boolean).join('.') : ''
    this.into(macro.iterRange, bound)
    this.into(macro.accuInit, bound)
    const fields = isReadable(list) ? ELEMENTS[list] : undefined
    const inner = new Map([...bound, [macro.accuVar, undefined], [macro.iterVar, fields]])
    if (macro.iterVar2) inner.set(macro.iterVar2, undefined)
    for (const part of [macro.loopCondition, macro.loopStep, macro.result]) this.into(part, inner)
  }
}

type Kind<Case> = Extract<Tree['exprKind'], { case: Case }>
type Call = Kind<'callExpr'> extends { value: infer Value } ? Value : never
type Macro = Kind<'comprehensionExpr'> extends { value: infer Value } ? Value : never

/** Operators that the library plans itself, so that its list of functions lacks them. */
const OPERATORS = new Set(['_&&_', '_||_', '_?_:_', '_==_', '_!=_', '_[_]', '_[?_]', '_?._', '!_'])

const MATCHES = plan(celEnv({ variables: { pattern: CelScalar.STRING } }), parse('"".matches(pattern)'))

interface Path {
  readonly name: string
  readonly field?: string
}

/** `name`, `name.field` or `name["field"]`; a leading dot means the same variable. */
function pathOf(tree: Tree | undefined): Path | undefined {
  const kind = tree?.exprKind
  if (kind?.case === 'identExpr') return { name: kind.value.name.replace(/^\./, '') }
  if (kind?.case === 'selectExpr') return fieldOf(kind.value.operand, kind.value.field)
  if (kind?.case === 'callExpr' && kind.value.function === '_[_]')
    return fieldOf(kind.value.args[0], textOf(kind.value.args[1]))
  return undefined
}

function fieldOf(operand: Tree | undefined, field: string | undefined): Path | undefined {
  const kind = operand?.exprKind
  if (kind?.case !== 'identExpr' || field === undefined) return undefined
  return { name: kind.value.name.replace(/^\./, ''), field }
}

function textOf(tree: Tree | undefined): string | undefined {
  const kind = tree?.exprKind
  if (kind?.case !== 'constExpr' || kind.value.constantKind.case !== 'stringValue') return undefined
  return kind.value.constantKind.value
}
