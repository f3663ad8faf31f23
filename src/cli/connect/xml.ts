/** One `<component>` of a JetBrains settings file, and its `<option>`s; every other character stays. Pure. */
import { Fault } from '#exchange'

const ROOT = /^\s*(?:<\?xml[^>]*\?>\s*)?<application>[\s\S]*<\/application>\s*$/
const EMPTY = '<application>\n</application>\n'

/** No file, or one without a component. */
const NONE = /^\s*$|^\s*(?:<\?xml[^>]*\?>\s*)?<application\s*\/>\s*$/

/** What IDEs never write here, and what a search for tags would read wrongly. */
const ODD = /<!--|<!\[CDATA\[|<!DOCTYPE/

/** @throws client.settings for what no IDE has written */
function checked(text: string): string {
  if (NONE.test(text)) return EMPTY
  if (!ROOT.test(text) || ODD.test(text))
    throw new Fault('client.settings', 'it is not as an IDE writes it: set the proxy in the IDE, as --print shows it')
  return text
}

const tagOf = (name: string) =>
  new RegExp(`[ \\t]*<component name="${name}"\\s*(?:/>|>[\\s\\S]*?</component>)[ \\t]*(?:\\r?\\n)?`, 'g')

/** The component with its indent and line end; undefined where there is none. @throws client.settings where there are two */
export function componentOf(text: string, name: string): string | undefined {
  const found = checked(text).match(tagOf(name)) ?? []
  if (found.length > 1) throw new Fault('client.settings', `it has ${name} twice: set the proxy in the IDE`)
  return found[0]
}

/** The text with the component in its place, or as the last one; undefined takes it out. @throws client.settings */
export function withComponent(text: string, name: string, component: string | undefined): string {
  const whole = checked(text)
  if (componentOf(whole, name) !== undefined) return whole.replace(tagOf(name), () => component ?? '')
  const end = whole.lastIndexOf('</application>')
  return component === undefined ? whole : whole.slice(0, end) + component + whole.slice(end)
}

/** The component with these options: in the place of those of the same name, else in front; undefined takes one out. */
export function withOptions(
  component: string | undefined,
  name: string,
  options: Readonly<Record<string, string | undefined>>,
): string {
  const empty = `  <component name="${name}">\n  </component>\n`
  let text = component === undefined || /^[^>]*\/>\s*$/.test(component) ? empty : component
  const added: string[] = []
  for (const [option, value] of Object.entries(options)) {
    const tag = new RegExp(`[ \\t]*<option name="${option}" value="[^"]*"\\s*/>[ \\t]*(?:\\r?\\n)?`)
    const written = value === undefined ? '' : `    <option name="${option}" value="${value}" />\n`
    if (tag.test(text)) text = text.replace(tag, () => written)
    else added.push(written)
  }
  const head = text.indexOf('>') + 1
  const rest = text.slice(head)
  return `${text.slice(0, head)}\n${added.join('')}${rest.replace(/^\r?\n/, '')}`
}

/** Whether nothing is left but the root. */
export const emptyOf = (text: string): boolean =>
  /^\s*(?:<\?xml[^>]*\?>\s*)?<application>\s*<\/application>\s*$/.test(text)
