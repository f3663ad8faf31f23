/** Who runs this command, as the record is told of reads. Reads the environment and the list of users; proves nothing. */
import { userInfo } from 'node:os'

/** The user's name, and whose name stands behind it where it is root by way of sudo. */
export function userName(): string {
  const name = nameOf()
  const behind = process.env['SUDO_USER']
  return behind && behind !== name ? `${name} (sudo by ${behind})` : name
}

/** A user without an entry in the list has a number only. */
function nameOf(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
