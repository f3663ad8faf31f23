/** Public-code citations in Copilot's annotations, in whichever of its shapes. Pure; nothing throws. Source: real clients, 2026-11. */
import { given, list, object } from './json.ts'

/** Annotations are shallow; what lies deeper is no citation. */
const DEEPEST = 6

/** The URL of each citation below `copilot_annotations`, or its licence where it has no URL. */
export function citationsIn(annotations: unknown, depth = 0): string[] {
  if (depth > DEEPEST) return []
  if (Array.isArray(annotations)) return list(annotations).flatMap((each) => citationsIn(each, depth + 1))
  const one = object(annotations)
  const told = given(one['url']) ?? given(one['license'])
  return told ? [told] : Object.values(one).flatMap((each) => citationsIn(each, depth + 1))
}

/** Content-filter results that were not safe, as `category:severity`. */
export function filtersIn(results: unknown): string[] {
  return Object.entries(object(results)).flatMap(([category, value]) => {
    const { filtered, severity, detected } = object(value)
    const told = given(severity) ?? (filtered === true ? 'filtered' : detected === true ? 'detected' : 'safe')
    return filtered === true || detected === true || told !== 'safe' ? [`${category}:${told}`] : []
  })
}
