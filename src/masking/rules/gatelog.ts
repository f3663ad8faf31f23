/** Gatelog's own keys: a developer's key must not reach a model either. */
import type { MaskingRule } from '../rule.ts'
import { prefixed } from './sample.ts'

export const GATELOG: readonly MaskingRule[] = [
  prefixed({
    id: 'gatelog-key',
    description: 'Gatelog key of a person, a job or a service, or for a path',
    prefixes: ['gtl_user_', 'gtl_job_', 'gtl_svc_', 'gtl_path_'],
    body: '[A-Za-z0-9]',
    min: 16,
  }),
]
