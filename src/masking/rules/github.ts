/** GitHub's tokens (docs.github.com, "About authentication to GitHub", and the 2026 change of installation tokens). */
import type { MaskingRule } from '../rule.ts'
import { BASE62, prefixed, sample } from './sample.ts'

export const GITHUB: readonly MaskingRule[] = [
  prefixed({
    id: 'github-pat',
    description: 'GitHub personal access token (classic)',
    prefixes: ['ghp_'],
    body: '[A-Za-z0-9]',
    min: 36,
  }),
  prefixed({
    id: 'github-oauth',
    description: 'GitHub OAuth access token',
    prefixes: ['gho_'],
    body: '[A-Za-z0-9]',
    min: 36,
  }),
  dotted('github-user', 'GitHub App user access token', 'ghu_'),
  dotted('github-installation', 'GitHub App installation token, also the form of 2026 that holds a JWT', 'ghs_'),
  prefixed({
    id: 'github-refresh',
    description: 'GitHub App refresh token',
    prefixes: ['ghr_'],
    body: '[A-Za-z0-9]',
    min: 36,
  }),
  prefixed({
    id: 'github-pat-fine-grained',
    description: 'GitHub fine-grained personal access token',
    prefixes: ['github_pat_'],
    body: '[A-Za-z0-9_]',
    min: 60,
  }),
]

/** A dot counts only where the token goes on after it, so that a full stop stays. */
function dotted(id: string, description: string, prefix: string): MaskingRule {
  return {
    id,
    description,
    literals: [prefix],
    secret: `${prefix}[A-Za-z0-9_-]{4,300}(?:\\.[A-Za-z0-9_-]+){2}|${prefix}[A-Za-z0-9_-]{36,}(?:\\.[A-Za-z0-9_-]+)*`,
    examples: {
      match: [
        () => prefix + sample(BASE62, 36),
        () => `${prefix}1234567_${sample(BASE62, 36)}.${sample(BASE62, 300, 2)}.${sample(BASE62, 86, 3)}`,
      ],
      miss: [() => prefix + sample(BASE62, 20)],
    },
  }
}
