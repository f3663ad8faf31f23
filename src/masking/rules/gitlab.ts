/** GitLab's tokens (docs.gitlab.com, "Token overview": token prefixes). */
import type { MaskingRule } from '../rule.ts'
import { BASE62, prefixed, sample } from './sample.ts'

/** Routable tokens end in `.` and nine characters; a full stop alone is not taken. */
function token(id: string, description: string, prefix: string): MaskingRule {
  return {
    id,
    description,
    literals: [prefix],
    secret: `${prefix.replaceAll('-', '\\-')}[A-Za-z0-9_-]{20,}(?:\\.[A-Za-z0-9_-]+)*`,
    examples: {
      match: [() => prefix + sample(BASE62, 20), () => `${prefix}${sample(BASE62, 27)}.01.${sample(BASE62, 9)}`],
      miss: [() => prefix + sample(BASE62, 12)],
    },
  }
}

export const GITLAB: readonly MaskingRule[] = [
  token('gitlab-pat', 'GitLab personal, project or group access token', 'glpat-'),
  token('gitlab-runner', 'GitLab runner authentication token', 'glrt-'),
  token('gitlab-deploy', 'GitLab deploy token', 'gldt-'),
  token('gitlab-trigger', 'GitLab pipeline trigger token', 'glptt-'),
  token('gitlab-job', 'GitLab CI job token', 'glcbt-'),
  token('gitlab-feed', 'GitLab feed token', 'glft-'),
  token('gitlab-scim', 'GitLab SCIM token', 'glsoat-'),
  token('gitlab-agent', 'GitLab agent for Kubernetes token', 'glagent-'),
  token('gitlab-mail', 'GitLab incoming mail token', 'glimt-'),
  token('gitlab-oauth-app', 'GitLab OAuth application secret', 'gloas-'),
  prefixed({
    id: 'gitlab-runner-registration',
    description: 'GitLab runner registration token',
    prefixes: ['GR1348941'],
    body: '[A-Za-z0-9_-]',
    min: 20,
  }),
]
