/** Allowlists as gitleaks reads them: what makes a finding none. Paths and commits are not known to a gateway. */
import { Fault } from '#exchange'
import type { Sight } from '../rule.ts'
import type { AllowForm } from './forms.ts'
import { searchOf } from './search.ts'
import { wordsOf } from './stopwords.ts'

export interface Allow {
  /** How much of the surroundings it looks at. */
  readonly target: keyof Sight
  allows(sight: Sight): boolean
}

/** An allowlist; undefined, and why, where it could never hold here. */
export type AllowRead = { readonly allow: Allow } | { readonly why: string }

/** @throws Fault config.invalid for a pattern that cannot be read, or a list that asks for nothing */
export function readAllow(form: AllowForm): AllowRead {
  const { regexes = [], stopwords = [], paths = [], commits = [] } = form
  if (regexes.length + stopwords.length + paths.length + commits.length === 0)
    throw new Fault('config.invalid', 'an allowlist needs regexes, stopwords, paths or commits')
  const searches = regexes.map(searchOf)
  const both = /^(?:and|&&)$/i.test(form.condition ?? '')
  const outside = paths.length ? 'paths' : commits.length ? 'commits' : undefined
  if (outside && (both || regexes.length + stopwords.length === 0))
    return { why: `it asks for ${outside}, which a gateway does not know, and never holds` }
  const word = stopwords.length ? wordsOf(stopwords) : undefined
  const target = form.regexTarget ?? 'secret'
  const ofRegex = (sight: Sight): boolean => searches.some((search) => search(sight[target]))
  const ofWord = (sight: Sight): boolean => word?.(sight.secret) ?? false
  const allows = !both
    ? (sight: Sight) => ofRegex(sight) || ofWord(sight)
    : (sight: Sight) => (searches.length === 0 || ofRegex(sight)) && (!word || ofWord(sight))
  return { allow: { target: searches.length ? target : 'secret', allows } }
}
