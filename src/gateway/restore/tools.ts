/** The tools whose arguments are the text of a file, and the fields that bear it. All others never get a value back. Data only. */

/** `freeform`: the input is no JSON but the text itself (a patch). Keys in lists are joined by dots. */
export type FileFields = ReadonlySet<string> | 'freeform'

const fields = (...names: string[]): ReadonlySet<string> => new Set(names)

/**
 * By the tool's exact name. Sources, 2026-11: Claude Code's and Anthropic's text editor tools (docs.anthropic.com), Copilot
 * CLI and VS Code (their requests' tool lists), Codex (`apply_patch`). A shell that is told to apply a patch is a shell.
 */
const FILE_TOOLS: Readonly<Record<string, ReadonlySet<string>>> = {
  Edit: fields('old_string', 'new_string'),
  MultiEdit: fields('edits.old_string', 'edits.new_string'),
  Write: fields('content'),
  NotebookEdit: fields('new_source'),
  str_replace_editor: fields('file_text', 'old_str', 'new_str', 'insert_text'),
  str_replace_based_edit_tool: fields('file_text', 'old_str', 'new_str', 'insert_text'),
  edit: fields('old_str', 'new_str'),
  create: fields('file_text'),
  create_file: fields('content'),
  replace_string_in_file: fields('oldString', 'newString'),
  multi_replace_string_in_file: fields('replacements.oldString', 'replacements.newString'),
  insert_edit_into_file: fields('code'),
  apply_patch: fields('input', 'patch'),
}

/** The fields of a tool by its name; undefined where it is no listed one. */
export const fieldsOf = (tool: string | undefined): ReadonlySet<string> | undefined =>
  tool !== undefined && Object.hasOwn(FILE_TOOLS, tool) ? FILE_TOOLS[tool] : undefined

/** Whether the tool takes a file's text as it is. */
export const isFreeform = (tool: string | undefined): boolean => tool === 'apply_patch'
