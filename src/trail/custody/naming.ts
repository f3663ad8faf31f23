/** Whether what somebody asked the record for names a user: as a value of the query, whole. Pure; never a part of a word. */
import { folded, parseQuery } from '../query.ts'

/** `of`: a query, an id, or what masking left of one. A free word counts only where it is the user’s whole address. */
export function namesUser(of: string, user: string): boolean {
  const query = readable(of)
  if (!query) return false
  const sought = folded('user', user)
  const values = [query.where, query.except].flatMap(({ user: users = [], github = [] }) => [...users, ...github])
  if (values.includes(sought)) return true
  const words = [...query.text, ...query.without].flatMap((text) => text.split(/\s+/))
  return user.includes('@') && words.some((word) => folded('user', word) === sought)
}

/** undefined for what is no query, which names nobody. */
function readable(of: string): ReturnType<typeof parseQuery> | undefined {
  try {
    return parseQuery(of, 0)
  } catch {
    return undefined
  }
}
