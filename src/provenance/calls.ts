/**
 * The edits that a reply calls tools for, by what their arguments are called: tools come and go, and every client names its
 * own. Pure. Sources, 2026-11: Claude Code, Copilot CLI, VS Code, Codex, Gemini CLI, opencode, Cursor, Cline.
 */
import type { ToolCall } from '#exchange'
import { type Found, numbered } from './found.ts'
import { patched } from './patch.ts'
import { heredocsIn } from './shell.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** Where a tool is told the file. */
const PATHS = words(
  'file_path filePath path notebook_path notebookPath target_file targetFile filename fileName file_name file uri',
)
/** Text that is to stand in a file. */
const NEW = words(
  `new_string newString new_str newStr new_text newText content contents file_text fileText code code_edit codeEdit
insert_text insertText new_source newSource replacement new_content newContent`.replace(/\n/g, ' '),
)
/** Text that stood there. */
const OLD = words(
  'old_string oldString old_str oldStr old_text oldText old_source oldSource old_content oldContent search',
)
const PATCHES = words('input patch diff patchText patch_text')
const COMMANDS = words('command cmd script commands')
const DEEPEST = 6
const MOST_EACH = 256
const LONGEST_PATH = 512

interface Place {
  readonly field: string
  readonly path: string | undefined
  readonly deep: number
}

/** Every edit of one call. */
export function editsOf({ arguments: args }: ToolCall): Found[] {
  if (typeof args === 'string') return scriptOf(args)
  const found: Found[] = []
  take(args, { field: '', path: undefined, deep: 0 }, found)
  return found
}

function take(value: unknown, place: Place, found: Found[]): void {
  if (typeof value !== 'object' || value === null || place.deep > DEEPEST) return
  const entries = Object.entries(value).slice(0, MOST_EACH)
  const path = pathOf(entries) ?? place.path
  const old = entries.flatMap(([key, each]) => (OLD.has(key) && typeof each === 'string' ? each : [])).join('\n')
  for (const [key, each] of entries) {
    const field = place.field ? `${place.field}.${key}` : key
    if (typeof each === 'string') found.push(...editIn(key, each, path, old).map((one) => ({ ...one, field })))
    else if (COMMANDS.has(key) && Array.isArray(each)) found.push(...commandsIn(each, field))
    else take(each, { field, path, deep: place.deep + 1 }, found)
  }
}

function pathOf(entries: readonly (readonly [string, unknown])[]): string | undefined {
  const [, path] = entries.find(([key, each]) => PATHS.has(key) && typeof each === 'string' && each !== '') ?? []
  return typeof path === 'string' && path.length <= LONGEST_PATH && !path.includes('\n') ? path : undefined
}

/** A script, or a patch by itself. */
function scriptOf(text: string): Found[] {
  const written = heredocsIn(text)
  return written.length > 0 ? written : patched(text)
}

function editIn(key: string, text: string, path: string | undefined, old: string): Found[] {
  if (COMMANDS.has(key)) return scriptOf(text)
  if (PATCHES.has(key)) return patched(text, path)
  if (!NEW.has(key) || path === undefined || text === '') return []
  return [{ from: 'edit', path, lines: numbered(text), ...(old && { old }) }]
}

/** A command as a list of words: the text of a script is one of them. */
const commandsIn = (list: readonly unknown[], field: string): Found[] =>
  list.slice(0, MOST_EACH).flatMap((word, at) => {
    if (typeof word !== 'string') return []
    return scriptOf(word).map((one) => ({ ...one, field: `${field}.${at}` }))
  })
