/** The tools whose arguments are the text of a file, and the fields that bear it. All others never get a value back. Data only. */

/** Keys in lists are joined by dots. */
export interface FileTool {
  /** The field that names the file; undefined where the fields bear patches, which name their files themselves. */
  readonly path: string | undefined
  readonly fields: ReadonlySet<string>
}

const edits = (path: string | undefined, ...fields: string[]): FileTool => ({ path, fields: new Set(fields) })

/**
 * By the tool's exact name. Sources, 2026-11: Claude Code's and Anthropic's text editor tools (docs.anthropic.com), Copilot
 * CLI and VS Code (their requests' tool lists), Codex (`apply_patch`). A shell that is told to apply a patch is a shell; a
 * notebook is a page; a tool that names a file anew for each edit may name it too late.
 */
const FILE_TOOLS: Readonly<Record<string, FileTool>> = {
  Edit: edits('file_path', 'old_string', 'new_string'),
  MultiEdit: edits('file_path', 'edits.old_string', 'edits.new_string'),
  Write: edits('file_path', 'content'),
  str_replace_editor: edits('path', 'file_text', 'old_str', 'new_str', 'insert_text'),
  str_replace_based_edit_tool: edits('path', 'file_text', 'old_str', 'new_str', 'insert_text'),
  edit: edits('path', 'old_str', 'new_str'),
  create: edits('path', 'file_text'),
  create_file: edits('filePath', 'content'),
  replace_string_in_file: edits('filePath', 'oldString', 'newString'),
  insert_edit_into_file: edits('filePath', 'code'),
  apply_patch: edits(undefined, 'input', 'patch'),
}

/** What a tool takes, by its name; undefined where it is no listed one. */
export const fileTool = (tool: string | undefined): FileTool | undefined =>
  tool !== undefined && Object.hasOwn(FILE_TOOLS, tool) ? FILE_TOOLS[tool] : undefined

/** Whether the tool takes a file's text as it is. */
export const isFreeform = (tool: string | undefined): boolean => tool === 'apply_patch'
