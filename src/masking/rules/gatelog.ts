/** Gatelog's own keys: a developer's key must not reach a model either. */
import { tokens } from './format.ts'

export const GATELOG = tokens([
  {
    id: 'gatelog-key',
    description: 'Gatelog key of a person, a job or a service, or for a path',
    format: 'gtl_(user|job|svc|path)_<base62:16..>',
    source: 'src/identity',
  },
])
